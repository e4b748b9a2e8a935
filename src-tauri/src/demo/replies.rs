//! What the demo contact says: kind, never the same twice in a row, in the language of the
//! message if that is French.

/// The answer to the message number `turn` (from 0) that the contact received.
pub(super) fn reply(message: &str, turn: usize) -> &'static str {
    let (first, others) = if is_french(message) {
        (FIRST_FR, OTHERS_FR)
    } else {
        (FIRST_EN, OTHERS_EN)
    };
    match turn.checked_sub(1) {
        None => first,
        Some(place) => others[place % others.len()],
    }
}

/// Whether a text is French rather than English: letters with accents, elisions and the
/// commonest short words speak for it.
fn is_french(text: &str) -> bool {
    let text = text.to_lowercase().replace('’', "'");
    let words = || {
        text.split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
    };
    let french = words().filter(|word| FRENCH.contains(word)).count();
    let english = words().filter(|word| ENGLISH.contains(word)).count();
    let accents = text.chars().filter(|c| "àâçèéêëîïôùûœ".contains(*c)).count();
    let elisions = ["j'", "c'", "l'", "d'", "qu'", "n'"];
    let elided = elisions
        .iter()
        .filter(|start| text.split_whitespace().any(|w| w.starts_with(**start)))
        .count();
    french + accents + elided > english
}

const FRENCH: &[&str] = &[
    "allo", "au", "aussi", "avec", "bien", "bonjour", "bonne", "bonsoir", "ce", "cela", "comment", "coucou",
    "dans", "demain", "des", "du", "elle", "es", "est", "et", "être", "il", "je", "la", "le", "les", "mais",
    "merci", "moi", "mon", "nous", "non", "oui", "ou", "par", "pas", "pour", "pourquoi", "quand", "que",
    "qui", "quoi", "salut", "suis", "sur", "toi", "ton", "tout", "tu", "un", "une", "va", "vas", "vous",
    "ça",
];

const ENGLISH: &[&str] = &[
    "a", "am", "an", "and", "are", "at", "be", "but", "by", "can", "do", "does", "for", "good", "have",
    "hello", "hey", "hi", "how", "i", "in", "is", "it", "me", "my", "no", "not", "of", "okay", "please",
    "so", "thanks", "that", "the", "there", "this", "to", "today", "we", "what", "when", "why", "with",
    "yes", "you", "your",
];

const FIRST_EN: &str = "Hello, and welcome! Your message reached me through three relays. The tick \
     under it says that it was delivered. Write whatever you like: I only live on this computer.";
const FIRST_FR: &str = "Bonjour et bienvenue ! Votre message m’est parvenu en passant par trois relais. La coche \
     en dessous indique qu’il a été remis. Écrivez ce que vous voulez : je ne vis que sur cet ordinateur.";

const OTHERS_EN: &[&str] = &[
    "Thank you for writing. I always enjoy a message that nobody else can read.",
    "That sounds lovely. Tell me a little more?",
    "I read every word. Take all the time you need.",
    "What a nice thought! Try closing the window and opening it again: I will still be here.",
    "You are good company. By the way: a right click on a message shows all that can be done with it.",
    "I see! The dot on the left tells you how you are connected just now.",
    "Happy to hear from you again. Nobody asked for your phone number, did they?",
    "That made me smile. The gear at the bottom left has a dark theme, if your eyes would like one.",
    "Well said. When you feel at home, keep your recovery phrase somewhere safe: it is in the settings.",
    "Good to know. I have nothing clever to add, but I am listening.",
];

const OTHERS_FR: &[&str] = &[
    "Merci de m’écrire. J’aime beaucoup les messages que personne d’autre ne peut lire.",
    "Voilà qui est charmant. Vous m’en dites un peu plus ?",
    "J’ai tout lu, mot à mot. Prenez votre temps.",
    "Quelle bonne idée ! Fermez la fenêtre puis rouvrez-la : je serai toujours là.",
    "Vous êtes de bonne compagnie. Au fait : un clic droit sur un message montre tout ce qu’on peut en faire.",
    "Je vois ! Le point, à gauche, vous dit comment vous êtes relié en ce moment.",
    "Quel plaisir de vous lire à nouveau. Personne ne vous a demandé votre numéro de téléphone, n’est-ce pas ?",
    "Vous m’avez fait sourire. La roue dentée, en bas à gauche, cache un thème sombre pour reposer les yeux.",
    "Bien dit. Quand vous serez à l’aise, gardez votre phrase de récupération en lieu sûr : elle est dans les réglages.",
    "C’est noté. Je n’ai rien de très malin à ajouter, mais je vous écoute.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_is_answered_in_french_and_the_rest_in_english() {
        for text in [
            "Bonjour !",
            "Ça va ?",
            "Comment vas-tu",
            "j’arrive demain",
            "Merci",
            "Tu es là ?",
        ] {
            assert_eq!(reply(text, 0), FIRST_FR, "{text}");
        }
        for text in [
            "Hello",
            "How are you?",
            "ok",
            "👋",
            "Are you on the train?",
            "Guten Tag",
            "",
        ] {
            assert_eq!(reply(text, 0), FIRST_EN, "{text}");
        }
    }

    #[test]
    fn two_answers_in_a_row_are_never_the_same() {
        for text in ["Bonjour", "Hello"] {
            assert!((0..50).all(|turn| reply(text, turn) != reply(text, turn + 1)));
        }
    }
}
