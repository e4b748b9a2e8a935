# Entre Nous en français. Espaces insécables avant : ; ? ! et dans les guillemets.

app-name = Entre Nous
app-sign = Deux cercles qui se recouvrent, chacun avec une coche
action-back = Retour
action-cancel = Annuler
action-close = Fermer
action-copied = Copié
action-copy-failed = Copie impossible. Sélectionnez le texte et appuyez sur Ctrl+C.
action-retry = Réessayer
action-save = Enregistrer
action-delete = Supprimer sur cet appareil
action-next = Suivant
loading = Chargement

# Premier démarrage
welcome-title = Des messages qui restent entre nous.
welcome-lead = Sans numéro de téléphone, sans adresse, sans carnet transmis. Votre compte est une clé que vous seul détenez.
welcome-create = Créer un compte
welcome-restore = J’ai déjà un compte
welcome-nothing-sent = Rien n’est envoyé avant votre choix.
welcome-privacy = Ce qui quitte cet appareil
language-label = Langue
language-system = Comme le système
language-en = English
language-fr = Français
create-title = Comment doit‑on vous appeler ?
create-lead = Ce nom est montré aux personnes à qui vous écrivez. Il n’a pas à être le vrai, et vous pouvez le changer à tout moment.
name-label = Nom affiché
name-counter = { $bytes } octets sur 100
create-submit = Créer le compte
restore-title = Votre phrase de récupération
restore-lead = Saisissez ou collez les 13 mots. Majuscules, retours à la ligne et mots abrégés conviennent.
phrase-label = Phrase de récupération
phrase-words = { $count } mots sur 13
phrase-unknown = « { $word } » n’est pas un mot de la liste.
phrase-suggestions = Vouliez-vous dire
phrase-right = La phrase est juste.
restore-submit = Restaurer le compte
restoring-title = Récupération de votre compte
restoring-lead = Votre nom, vos contacts et vos messages sont récupérés sur le réseau.
restoring-profile = Récupération de votre nom
restoring-rest = Récupération de vos contacts, groupes et messages
restoring-waiting = Recherche du réseau
restoring-slow = Le réseau n’a pas encore répondu. Vous pouvez continuer ; le reste arrivera en arrière-plan.
restoring-go-on = Continuer
name-title = Choisissez un nom affiché
name-lead = Aucun profil n’a été trouvé sur le réseau. Ce nom est montré aux personnes à qui vous écrivez.
name-submit = Continuer
protect-title = Protéger cet appareil
protect-lead = Avec un mot de passe, personne ne peut ouvrir vos messages sur cet ordinateur sans lui.
protect-keyring = Sans mot de passe, la clé de vos messages se trouve dans le trousseau de votre système.
protect-file = Sans mot de passe, la clé de vos messages se trouve dans un fichier que seul votre compte sur cet ordinateur peut lire.
protect-restoring = La récupération de votre compte continue en arrière-plan.
protect-submit = Définir le mot de passe
protect-skip = Pas maintenant
password-label = Mot de passe
password-new = Nouveau mot de passe
password-current = Mot de passe actuel
password-repeat = Répétez le mot de passe
password-differs = Les deux mots de passe sont différents.
password-hint = Au moins 6 caractères. En cas d’oubli, seule la phrase de récupération aide.
password-show = Afficher le mot de passe
strength-weak = Faible : facile à deviner
strength-fair = Moyen : meilleur avec plus de mots
strength-strong = Solide
discard-title = Abandonner ce compte ?
discard-text = Le compte que vous venez de créer disparaîtra de cet appareil, et personne ne pourra le faire revenir. Personne ne l’a encore vu.
discard-confirm = Abandonner le compte
discard-keep = Le garder
privacy-title = Ce qui quitte cet appareil
privacy-messages = Vos messages partent chiffrés. Seule la personne à qui vous écrivez peut les lire ; les nœuds qui les gardent jusqu’à 14 jours ne le peuvent pas.
privacy-path = Tout passe par trois nœuds. Aucun ne sait à la fois qui vous êtes et à qui vous écrivez.
privacy-name = Votre nom affiché va aux personnes à qui vous écrivez, chiffré comme un message.
privacy-address = Le premier nœud voit votre adresse internet, mais pas ce que vous faites.
privacy-nothing = Il n’y a ni statistiques, ni rapports de panne, ni envoi du carnet d’adresses.

# Verrouillé, endommagé
locked-title = Entre Nous est verrouillé
locked-lead = Saisissez le mot de passe de cet appareil.
locked-submit = Déverrouiller
damaged-title = Vos messages ne peuvent pas être lus
damaged-text = Le fichier « { $file } » est endommagé. Rien n’a été écrasé.
damaged-backup = Le dernier état sain date du { $date }. Le fichier endommagé est gardé à côté.
damaged-none = Il n’y a pas d’état sain antérieur sur cet appareil. Votre compte peut être restauré avec la phrase de récupération sur un profil neuf.
damaged-restore = Revenir au dernier état sain
broken-title = Entre Nous ne peut pas démarrer
broken-again = Réessayer

# Barre latérale
rail-label = Principal
rail-profile = Votre profil
rail-conversations = Conversations
rail-theme-dark = Passer au sombre
rail-theme-light = Passer au clair
rail-settings = Paramètres
path-connected = Chemin : connecté
path-building = Chemin : connexion en cours
path-offline = Chemin : hors ligne
path-failed = { $status }. { $count ->
    [one] { $count } message n’a pas été envoyé
   *[other] { $count } messages n’ont pas été envoyés
}

# Connexion
connecting = Connexion…
connecting-hops = Connexion : { $ready } nœuds sur 3 répondent
offline-line = Hors ligne. Ce que vous écrivez partira de lui-même à votre retour.

# Liste
list-label = Conversations
list-new = Nouveau message
list-filter = Rechercher un nom, un identifiant ou un message
list-clear-filter = Effacer la recherche
list-width = Largeur de la liste
list-no-result = Rien trouvé pour « { $filter } ».
list-empty = Aucune conversation pour l’instant.
list-unread = { $count ->
    [one] { $count } message non lu
   *[other] { $count } messages non lus
}
list-draft = Brouillon : { $text }
list-draft-files = { $count ->
    [one] Brouillon : { $count } fichier
   *[other] Brouillon : { $count } fichiers
}
list-file-said = { $kind } : { $text }
list-not-sent = Non envoyé
list-filter-short = Rechercher
list-pinned = Épinglée
list-broken = Cette conversation ne peut pas être affichée
list-message-deleted = Ce message a été supprimé
list-request-waiting = Votre demande est en attente
list-no-message = Aucun message pour l’instant
note-to-self = Note à soi-même
menu-pin = Épingler
menu-unpin = Désépingler
menu-mark-read = Marquer comme lu
menu-details = Détails
menu-delete-conversation = Supprimer la conversation
delete-conversation-title = Supprimer cette conversation ?
delete-conversation-text = Tout ce qui a été écrit avec { $name } disparaîtra de tous vos appareils, et ce qui attend encore n’est pas envoyé. L’autre personne le garde ; ni le contact ni le surnom ne sont perdus.
delete-conversation-confirm = Supprimer la conversation

# Premiers pas
first-title = Votre compte est prêt
first-lead = Donnez votre identifiant aux personnes qui doivent vous écrire.
first-own-id = Votre Account ID (identifiant)
first-copy = Copier l’identifiant
first-demo = Écrire au contact de démonstration
first-choose = Choisissez une conversation, ou commencez-en une.
qr-account = QR code de votre identifiant
qr-show = Afficher le QR code
qr-hide = Masquer le QR code
qr-phrase = QR code de votre phrase de récupération
reminder-text = Notez votre phrase de récupération : c’est le seul chemin de retour vers votre compte.
reminder-show = Afficher la phrase
reminder-hide = Masquer ce rappel

# Nouveau message
new-title = Nouveau message
new-field = Account ID ou nom (ONS)
new-placeholder = Collez-le ou saisissez-le ici
new-paste = Coller
new-paste-failed = Le presse-papiers ne peut pas être lu ici. Appuyez sur Ctrl+V dans le champ.
new-one = Un identifiant reconnu
new-many = { $count } identifiants reconnus : choisissez-en un
new-name = « { $name } » sera recherché sur le réseau.
new-self = C’est votre propre identifiant. Suivant ouvre votre Note à soi-même.
new-known = Vous avez déjà une conversation avec cette personne.
new-request = Votre premier message est une demande. La personne décide de répondre ou non ; votre nom affiché l’accompagne.
new-looking = Recherche du nom

# Conversation
conversation-details = Détails de { $name }
conversation-person = Chiffré de bout en bout
conversation-self = Sur tous vos appareils
conversation-request = Le premier message est une demande : la personne décide de répondre ou non.
conversation-empty = Personne d’autre ne peut lire ce qui s’écrit ici.
conversation-empty-self = Un endroit pour vos notes, sur tous vos appareils. Personne d’autre ne peut le lire.
conversation-start = C’est le début de la conversation.
timeline-label = Messages avec { $name }
timeline-new = { $count ->
    [one] { $count } nouveau message
   *[other] { $count } nouveaux messages
}
timeline-jump = Aller au plus récent
timeline-jump-new = { $count ->
    [one] { $count } nouveau message plus bas
   *[other] { $count } nouveaux messages plus bas
}
timeline-error = Ces messages n’ont pas pu être lus.
message-deleted = Ce message a été supprimé
message-unsupported = { $count ->
    [one] Un message qui demande une version plus récente d’Entre Nous
   *[other] { $count } messages qui demandent une version plus récente d’Entre Nous
}
message-broken = Ce message ne peut pas être affiché
message-more = Lire la suite
message-less = Réduire
message-whole = Lire le texte entier
message-own-label = Vous, { $time } : { $text }. { $state }
message-other-label = { $name }, { $time } : { $text }
message-received = Nouveau message de { $name } : { $text }
message-actions = Actions pour ce message
menu-copy-text = Copier le texte
menu-info = Informations
state-queued = En attente d’envoi
state-queued-until = En attente d’envoi. Prochain essai { $when }
state-sending = Envoi
state-sent = Envoyé
state-not-synced = Envoyé, pas encore sur vos autres appareils
state-read = Lu
state-read-at = Lu à { $time }
failed-refused = Non envoyé : refusé par le réseau
failed-too-large = Non envoyé : trop long
failed-clock = Non envoyé : l’horloge de cet ordinateur est fausse de { $deviation }
failed-clock-unknown = Non envoyé : l’horloge de cet ordinateur est fausse
failed-expired = Non envoyé : n’a pas pu partir en 14 jours
failed-may-have-been-sent = Peut-être déjà envoyé : en attente lors de la sauvegarde
failed-blocked = Non envoyé : vous avez bloqué cette personne
failed-other = Non envoyé : problème inattendu
failed-timed-out = Non envoyé : le réseau n’a pas répondu
failed-file-too-large = Non envoyé : un fichier est plus grand que ce que le réseau accepte
failed-file-gone = Non envoyé : un fichier n’est plus là
failed-stopped = Non envoyé : vous l’avez arrêté
failed-not-accepted = Non envoyé : avant l’acceptation de votre demande, vous ne pouvez envoyer que du texte
composer-label = Message à { $name }
composer-placeholder = Écrire à { $name }
composer-send = Envoyer
composer-left = { $count ->
    [one] { $count } caractère restant
   *[other] { $count } caractères restants
}
composer-over = { $count ->
    [one] { $count } caractère de trop
   *[other] { $count } caractères de trop
}
composer-too-long = { $count ->
    [one] { $count } caractère de trop : un message en compte au plus { $limit }.
   *[other] { $count } caractères de trop : un message en compte au plus { $limit }.
}
composer-failed = Le texte est toujours là. { $reason }
person-title = Détails
person-id = Account ID (identifiant)
delete-message-title = { $count ->
    [one] Supprimer ce message ?
   *[other] Supprimer { $count } messages ?
}
delete-message-text = { $count ->
    [one] Il disparaîtra de cet appareil seulement.
   *[other] Ils disparaîtront de cet appareil seulement.
}
info-title = Informations
info-state = État
info-sent = Écrit
info-received = Reçu
info-stored = Gardé par le réseau
info-read = Lu
info-expires = Quitte le réseau
info-attempts = Essais
info-hash = Empreinte sur le serveur
info-author = De
info-text = Texte
info-invitation = Lien de l’invitation
info-incident = Code du journal
link-title = Ouvrir cette adresse ?
link-host = Elle mène à :
link-text = Elle s’ouvre hors d’Entre Nous. Le site verra votre adresse internet.
link-open = Ouvrir
link-copy = Copier l’adresse
profile-title = Votre profil
profile-change = Changer de nom

# Chemin
network-title = Chemin
network-lead = Vos messages passent par trois nœuds. Aucun ne connaît les deux bouts.
network-you = Cet ordinateur
network-node = Nœud { $number }
network-end = Le réseau
network-none = Aucun chemin pour le moment. Il se reconstruit de lui-même.
network-new-path = Nouveau chemin
network-new-path-done = Un nouveau chemin se construit.
network-facts = Connexion
network-known = Nœuds connus
network-clock = Horloge
network-clock-exact = À l’heure
network-clock-right = Juste, à { $deviation } près
network-clock-ahead = En avance de { $deviation }
network-clock-behind = En retard de { $deviation }
network-clock-unknown = Pas encore connue
network-sync = Dernière synchronisation
network-never = Pas encore
network-parked = Gardés pour plus tard
network-dropped = Messages illisibles ou falsifiés, écartés
network-test = Tester la connexion
network-testing = Test en cours
network-test-ok = Connecté : aller et retour en { $duration }.
network-test-failed = Pas de réponse. { $reason }
network-queue = En attente de départ
network-queue-empty = Rien n’attend.
network-queue-copy = Copie pour vos propres appareils
network-queue-since = Depuis { $time }
network-queue-next = Prochain essai { $when }
network-queue-running = Envoi en cours
network-queue-offline = Pas encore de connexion. L’envoi se fera de lui-même.
network-send-now = Envoyer maintenant
network-failed = Non envoyés
network-failed-open = Voir dans la conversation
network-retry-all = Tout réessayer
network-retried = { $count ->
    [one] Nouvel essai pour { $count } message.
   *[other] Nouvel essai pour { $count } messages.
}
network-loopback = cet ordinateur

# Paramètres
settings-title = Paramètres
settings-sections = Parties des paramètres
settings-profile = Profil
settings-appearance = Apparence
settings-language = Langue
settings-conversations = Conversations
settings-password = Mot de passe
settings-phrase = Phrase de récupération
settings-network = Réseau
settings-help = Aide
settings-saved = Enregistré
theme-label = Thème
theme-system = Comme le système
theme-light = Clair
theme-dark = Sombre
text-size-label = Taille du texte
text-size-hint = Toute la fenêtre grandit avec lui. Ctrl + et Ctrl − font de même.
enter-label = Touche Entrée
enter-sends = Entrée envoie, Maj+Entrée passe à la ligne
enter-breaks = Entrée passe à la ligne, Ctrl+Entrée envoie
spell-label = Vérifier l’orthographe pendant la saisie
voice-next-label = Lire le message vocal suivant
voice-next-hint = Quand un message vocal a été écouté jusqu’au bout, celui qui le suit est lu de lui-même.
password-is-set = Un mot de passe protège cet appareil.
password-set = Définir le mot de passe
password-change = Changer le mot de passe
password-remove = Retirer le mot de passe
lock-now = Verrouiller maintenant
lock-no-password = Aucun mot de passe n’est défini : définissez-en un dans les paramètres, sous Mot de passe, pour verrouiller l’application.
password-was-set = Le mot de passe est défini.
password-was-removed = Le mot de passe est retiré.
phrase-lead = Ces 13 mots sont votre compte. Qui les possède peut lire et écrire en votre nom. Notez-les sur papier ; ne les photographiez pas.
phrase-show = Afficher la phrase
phrase-show-qr = Afficher en QR code
phrase-copy = Copier les mots
phrase-words-label = Les 13 mots de votre phrase de récupération
help-version = Version { $version }
help-on-network = Réseau : { $network }
help-shortcuts = Raccourcis clavier

# Raccourcis
shortcuts-title = Raccourcis clavier
shortcuts-window = Fenêtre
shortcuts-conversations = Conversations
shortcuts-message = Sur un message
key-ctrl = Ctrl
key-shift = Maj
key-escape = Échap
key-enter = Entrée
key-delete = Suppr
shortcut-new-conversation = Nouvelle conversation
shortcut-new-message = Nouveau message
shortcut-note-to-self = Note à soi-même
shortcut-nth = Conversation 1 à 9
shortcut-previous = Conversation précédente
shortcut-next = Conversation suivante
shortcut-next-unread = Prochaine non lue
shortcut-close = Fermer la conversation
shortcut-search = Rechercher dans la liste
shortcut-help = Cette aide
shortcut-lock = Verrouiller
shortcut-settings = Paramètres
shortcut-details = Détails de la conversation
shortcut-larger = Texte plus grand
shortcut-smaller = Texte plus petit
shortcut-usual = Taille de texte habituelle
shortcut-escape = Fermer, puis aller au champ de texte
shortcut-menu = Menu du message
shortcut-copy = Copier le texte
shortcut-delete = Supprimer sur cet appareil

# Contacts : le menu d’une ligne, les détails, les questions
menu-mark-unread = Marquer comme non lu
menu-mute-1h = Silence pendant 1 heure
menu-mute-8h = Silence pendant 8 heures
menu-mute-1w = Silence pendant 1 semaine
menu-mute-always = Silence jusqu’à nouvel ordre
menu-unmute = Réactiver les notifications
menu-notifications = Notifications
menu-nickname = Surnom
menu-block = Bloquer
menu-unblock = Débloquer
menu-clear = Effacer les messages
menu-delete-contact = Supprimer le contact
list-blocked = Bloqué
list-muted = En silence
list-mentions = Mentions seulement
list-marked-unread = Marqué comme non lu
note-hide = Masquer de la liste
note-show = Afficher dans la liste
details-portrait = Agrandir l’image de { $name }
portrait-alt = Image de { $name }
details-own-name = S’appelle { $name }
details-actions = Ce que vous pouvez régler
details-danger = Bloquer et supprimer
details-groups = Groupes en commun
qr-contact = QR code de l’identifiant de { $name }
nickname-title = Surnom
nickname-label = Surnom
nickname-lead = Vous seul le voyez, sur tous vos appareils.
nickname-lead-named = Vous seul le voyez, sur tous vos appareils. Cette personne s’appelle { $name }.
nickname-remove = Retirer le surnom
notifications-title = Notifications pour { $name }
notifications-label = Me prévenir
notifications-all = De tous les messages
notifications-none = Jamais
mute-label = Silence pour un temps
mute-off = Pas en silence.
mute-until = En silence jusqu’au { $when }
mute-always = En silence jusqu’à nouvel ordre
mute-until-label = Silence jusqu’au
mute-until-hint = Jour et heure, par exemple { $example }
mute-until-not-understood = Ce n’est pas un jour et une heure. Écrivez par exemple { $example }
mute-until-past = Ce moment est passé. Donnez-en un qui est encore à venir.
mute-until-set = Mettre en silence
block-title = Bloquer { $name } ?
block-text = Sur tous vos appareils, les messages et les appels de { $name } ne vous parviennent plus, et ce qui attend encore n’est pas envoyé. Ce qui a été écrit reste. { $name } n’en sait rien. Vous pouvez débloquer à tout moment ; ce que { $name } écrit d’ici là est perdu.
blocked-here = Vous avez bloqué cette personne.
blocked-bar = Vous avez bloqué { $name }. Rien ne vient de cette personne, rien ne part vers elle.
blocked-title = Contacts bloqués
blocked-lead = Les messages et les appels de ces personnes ne vous parviennent sur aucun de vos appareils.
blocked-empty = Personne n’est bloqué.
blocked-unblock = Débloquer { $name }
clear-title = Effacer tous les messages ?
clear-text = Tout ce qui a été écrit avec { $name } disparaîtra de tous vos appareils, et ce qui attend encore n’est pas envoyé. L’autre personne le garde. La conversation garde sa place dans la liste.
clear-text-note = Toutes vos notes disparaîtront de tous vos appareils, et personne ne pourra les retrouver. La conversation garde sa place dans la liste.
delete-note-text = Toutes vos notes disparaîtront de tous vos appareils, et personne ne pourra les retrouver.
delete-contact-title = Supprimer { $name } ?
delete-contact-text = { $name } et tout ce que vous vous êtes écrit disparaîtra de tous vos appareils. L’autre personne le garde. Si { $name } écrit de nouveau, vous recevez une demande de message.
add-title = Nouvelle conversation
contacts-title = Contacts
contacts-filter = Chercher un contact
contacts-empty = Pas encore de contact. Qui accepte votre premier message figure ici.
contacts-more = Afficher plus
settings-privacy = Confidentialité

# Erreurs : ce qui s’est passé, ce qui est gardé, que faire
error-offline = Pas de connexion. Vous pourrez recommencer une fois de retour en ligne.
error-timed-out = Le réseau n’a pas répondu à temps. Rien n’est perdu ; réessayez dans un instant.
error-refused-by-network = Le réseau a refusé.
error-clock-wrong = L’horloge de cet ordinateur est fausse. Réglez-la, puis réessayez.
error-expired = Cela n’a pas pu partir en 14 jours.
error-may-have-been-sent = Ce message attendait son départ lors de la sauvegarde ; il est peut-être parti depuis. Ne réessayez que s’il n’est pas arrivé.
error-too-large = C’est plus long que ce que le réseau accepte.
error-empty-text = Il n’y a encore rien à envoyer.
error-name-empty = Veuillez saisir un nom.
error-name-too-long = Ce nom est trop long : il peut compter 100 octets.
error-note-too-long = Cette note est trop longue : elle peut compter 1 000 octets.
error-not-an-account-id = Ce n’est ni un identifiant ni un nom. Un identifiant compte 66 caractères et commence par 05.
error-account-id-mistyped = C’est presque un identifiant. Comparez-le avec l’original : un caractère est faux, manque ou est de trop.
error-account-id-mistyped-at = C’est presque un identifiant, mais le caractère { $position } (« { $character } ») ne peut pas s’y trouver.
error-account-id-mistyped-length = C’est presque un identifiant, mais il compte { $length } caractères au lieu de 66.
error-group-id = C’est l’identifiant d’un groupe. On entre dans un groupe sur invitation.
error-blinded-id = C’est l’identifiant d’une personne dans une communauté. Il ne vaut que là.
error-name-unknown = Personne n’a enregistré ce nom.
error-phrase-too-short = Il manque des mots : une phrase de récupération en compte 13.
error-phrase-too-long = Il y a trop de mots : une phrase de récupération en compte 13.
error-phrase-unknown-word = L’un des mots n’est pas dans la liste.
error-phrase-unknown-word-at = Le mot { $position }, « { $word } », n’est pas dans la liste.
error-phrase-wrong = Ces mots ne vont pas ensemble. L’un d’eux est peut-être faux ou mal placé.
error-wrong-password = Ce n’est pas le mot de passe.
error-too-many-tries = Trop d’essais erronés. Attendez un instant, puis réessayez.
error-too-many-tries-wait = Trop d’essais erronés. Réessayez dans { $wait }.
error-password-length = Un mot de passe compte de 6 à 256 caractères.
error-locked = Entre Nous est verrouillé. Saisissez d’abord le mot de passe.
error-profile-in-use = Ce profil est déjà ouvert dans une autre fenêtre ou un autre programme. Fermez-le d’abord là-bas.
error-profile-damaged = Le fichier de vos messages est endommagé. Rien n’a été écrasé.
error-profile-newer = Ce profil a été écrit par une version plus récente d’Entre Nous. Installez-la ; rien n’a été modifié.
error-no-account = Il n’y a pas encore de compte ici.
error-account-exists = Il y a déjà un compte dans ce profil.
error-account-being-deleted = Ce compte est en cours de suppression. Rien d’autre ne peut être fait avec lui.
error-disk-full = Le disque est plein. Rien n’est perdu ; libérez de la place et réessayez.
error-disk-read-only = Le disque ne peut pas être écrit. Rien n’est perdu ; vérifiez-le et réessayez.
error-message-not-found = Ce message n’est plus là.
error-conversation-not-found = Cette conversation n’est plus là.
error-request-not-found = Cette demande n’est plus là.
error-blocked = Vous avez bloqué cette personne.
error-network-file-invalid = La description du réseau ne peut pas être lue.
error-unexpected = Un problème inattendu. Rien n’est perdu ; réessayez.
error-unexpected-incident = Un problème inattendu. Rien n’est perdu ; réessayez. Code pour le journal : { $incident }

# Message requests
request-accepted-own = Vous avez accepté la demande
request-accepted-other = { $name } a accepté votre demande
requests-row = Demandes de message ({ $count })
requests-title = Demandes de message
requests-back = Retour aux conversations
requests-lead = Ces personnes vous écrivent pour la première fois. Elles n’apprennent rien de vous avant que vous acceptiez.
requests-empty = Aucune demande de message. Qui vous écrit pour la première fois attend ici que vous acceptiez.
requests-clear = Tout effacer
requests-clear-title = Supprimer toutes les demandes de message ?
requests-clear-text = Leurs messages disparaîtront de tous vos appareils. Personne n’en est informé. Qui vous écrit de nouveau fait une nouvelle demande.
requests-clear-confirm = Supprimer toutes les demandes
requests-more = Afficher la suite
requests-new = Vous avez une nouvelle demande de message
request-title = Demande de message
request-given-name = Se présente sous le nom « { $name } »
request-no-name = Ne donne pas de nom
request-name-failed = Le nom donné n’a pas pu être lu. { $reason }
request-more = Plus
request-explain = Rien n’est envoyé avant que vous acceptiez : cette personne ne voit ni votre nom, ni votre image, ni que vous avez lu ceci. Si vous acceptez, chacun voit le nom de l’autre.
request-answer = Si vous répondez, vous acceptez la demande.
request-accept = Accepter
request-decline = Supprimer
request-decline-title = Supprimer cette demande ?
request-decline-text = Les messages disparaîtront de tous vos appareils. La personne n’en est pas informée et peut refaire une demande.
request-decline-confirm = Supprimer la demande
request-block = Bloquer
request-block-title = Bloquer cette personne ?
request-block-text = Les messages disparaîtront de tous vos appareils, et rien de ce que cette personne écrit ne vous parviendra plus. Elle n’en est pas informée.
request-waiting = Votre demande est en attente.
request-waiting-why = Tant qu’elle n’est pas acceptée, vous ne pouvez envoyer que du texte, et vous voyez l’Account ID au lieu du nom.

# Accusés de lecture, saisie
privacy-receipts-label = Accusés de lecture
privacy-receipts-hint = Vos contacts voient que vous avez lu leurs messages, et vous voyez qu’ils ont lu les vôtres. Chacun ne les voit que si tous deux les ont activés. Jamais dans les groupes.
privacy-typing-label = Indicateurs de saisie
privacy-typing-hint = Vos contacts voient quand vous écrivez, et vous voyez quand ils écrivent. Chacun ne les voit que si tous deux les ont activés.
privacy-communities-label = Demandes de message des communautés
privacy-communities-hint = Les membres de vos communautés peuvent vous envoyer une demande de message. Ce réglage vaut sur tous vos appareils.
privacy-previews-label = Aperçus des liens
privacy-previews-hint = Un lien que vous écrivez part avec le titre et l’image de sa page. Pour les obtenir, cet ordinateur interroge le site directement : il voit votre adresse internet, sans les trois nœuds entre les deux. Les liens des autres ne sont jamais interrogés.
typing-list = écrit…
typing-name = { $name } écrit

# Groups and communities, kept
groups-title = Communautés et anciens groupes
groups-count = { $count ->
    [one] { $count } communauté ou ancien groupe
   *[other] { $count } communautés et anciens groupes
}
groups-none-found = Aucun ne porte ce nom.
group-unnamed = Sans nom
group-cannot-open = Cette version d’Entre Nous ne peut pas encore ouvrir les communautés, ni les groupes d’ancien type. Ce que vos autres appareils en savent est conservé tel quel, et rien n’y est changé.
group-kind-group = Groupe
group-kind-community = Communauté
group-kind-legacy = Groupe d’ancien type
group-standing-joined = Vous en faites partie
group-standing-invited = Une invitation vous attend
group-standing-removed = Vous n’en faites plus partie
group-standing-destroyed = Il n’existe plus
group-joined = Depuis
group-notifications = Notifications
group-notifications-default = Comme l’application est réglée
group-notifications-all = Tous les messages
group-notifications-mentions = Mentions seulement
group-notifications-none = Aucune
group-muted-until = En sourdine jusqu’au
group-id = Identifiant du groupe
group-address = Adresse
group-copy = Copier

# Restoring in the background
restore-line = Votre compte est encore en cours de récupération. Ce qui manque arrive de lui-même.
name-lead-continues = Le réseau n’a pas encore répondu. Choisissez un nom en attendant : si votre compte en a un, il revient de lui-même.

# Leaving, and the lock
settings-data = Appareils et données
lock-after = Verrouillage automatique
lock-never = Jamais
lock-minutes = { $minutes ->
    [one] Après { $minutes } minute sans utilisation
   *[other] Après { $minutes } minutes sans utilisation
}
lock-after-sleep = La veille compte : après une pause plus longue, l’application est verrouillée au réveil de l’ordinateur.
forgotten-open = Mot de passe oublié ?
forgotten-title = Effacer cet appareil et recommencer ?
forgotten-text = Personne ne peut ouvrir ces messages sans le mot de passe. Avec votre phrase de récupération, vous pouvez effacer cet appareil et récupérer votre compte : votre nom, vos contacts et vos groupes reviennent, ainsi que les messages des 14 derniers jours.
forgotten-lost = Les messages plus anciens, les brouillons et tout ce qui n’est que sur cet appareil sont perdus. Sans la phrase de récupération, le compte est perdu.
forgotten-agree = J’ai ma phrase de récupération
forgotten-confirm = Effacer cet appareil
data-logout-title = Se déconnecter
data-logout-text = Efface tout ce qui appartient à ce compte sur cet appareil. Le compte continue : avec la phrase de récupération il revient, ici ou ailleurs.
data-logout = Se déconnecter de cet appareil
data-delete-title = Supprimer le compte
data-delete-text = Efface cet appareil et, si vous le souhaitez, tout ce que le réseau conserve de votre compte.
data-delete = Supprimer le compte
leave-logout-title = Se déconnecter de cet appareil ?
leave-logout-text = Tout ce qui appartient à ce compte est effacé de cet appareil : messages, contacts, brouillons, sauvegardes. Ce qui n’est pas encore parti n’est pas envoyé. Avec la phrase de récupération, votre compte revient avec les messages des 14 derniers jours.
leave-logout-confirm = Se déconnecter
leave-delete-title = Supprimer ce compte ?
leave-where = Supprimer
leave-device = De cet appareil seulement
leave-network = De cet appareil et du réseau
leave-device-text = Messages, contacts, brouillons et sauvegardes sont effacés ici. Ce que le réseau conserve y reste jusqu’à son expiration, et la phrase de récupération le fait revenir.
leave-network-text = Les nœuds suppriment aussi votre nom, vos contacts et réglages, et chaque message qui vous attend. Ce que d’autres ont reçu reste chez eux. Un appareil de ce compte encore en marche y déposerait à nouveau sa part : déconnectez-le d’abord.
leave-delete-confirm = Supprimer le compte
leave-phrase-saved = J’ai conservé ma phrase de récupération
leave-phrase-gone = J’ai conservé ma phrase de récupération, ou je n’aurai plus besoin de ce compte
leave-phrase-show = Afficher la phrase
deletion-title = Suppression de votre compte
deletion-lead = Les nœuds qui conservent vos messages et vos réglages sont priés de les supprimer. Cela dure une minute au plus.
deletion-looking = Recherche du réseau
deletion-count = { $confirmed } nœuds sur { $nodes } ont confirmé
deletion-erasing = Effacement de cet appareil
deletion-partly-title = Tous les nœuds n’ont pas confirmé
deletion-partly-none = Aucun nœud n’a confirmé pour l’instant. Rien n’est encore effacé sur cet appareil.
deletion-partly-some = { $confirmed } nœuds sur { $nodes } ont tout supprimé. Les autres n’ont pas répondu.
deletion-partly-means = Ce qu’ils détiennent encore est chiffré, et ils l’oublient d’eux-mêmes : les messages sous 14 jours, les réglages sous 30.
deletion-again = Demander à nouveau
deletion-here = Supprimer de cet appareil maintenant
deletion-keep = Garder le compte
deletion-done-title = Votre compte est supprimé
deletion-done-device = Tout ce qui lui appartient a disparu de cet appareil.
deletion-done-all = { $nodes ->
    [one] Le nœud qui conservait vos données a confirmé leur suppression.
   *[other] Les { $nodes } nœuds qui conservaient vos données ont tous confirmé leur suppression.
}
deletion-done-some = { $confirmed } nœuds sur { $nodes } ont confirmé. Ce que les autres détiennent est chiffré et expire de lui-même : les messages sous 14 jours, les réglages sous 30.
deletion-done-items = Supprimé sur le réseau : { $count ->
    [one] { $count } message ou réglage
   *[other] { $count } messages et réglages
}
deletion-logged-out = La déconnexion est faite
deletion-close = Revenir à la première page

# Directory, QR, names
error-own-account-id = C’est votre propre identifiant.
error-name-malformed = Aucun nom ne ressemble à cela. Un nom a des lettres, des chiffres, des traits d’union et des tirets bas.
error-names-unsupported = Ce réseau n’a pas de noms. Demandez l’identifiant.
error-names-disagree = Trois nœuds n’ont pas dit la même chose de ce nom, aucun n’est donc cru. Réessayez.
error-name-lookup-failed = Le nom n’a pas pu être cherché : un nœud n’a pas répondu comme il devait. Réessayez.
error-directory-entry-not-found = Cette entrée n’est plus dans l’annuaire.
error-directory-import-not-found = Cette liste n’est plus là. Choisissez-la de nouveau.
error-too-many-to-print = Ces entrées sont trop nombreuses pour une page. Choisissez-en au plus 1 000.
error-file-too-large = Ce fichier est trop grand.
error-file-is-folder = C’est un dossier. Déposez un seul fichier.
error-file-unreadable = Ce fichier ne peut pas être lu : il n’est plus là, ou vous n’avez pas le droit de l’ouvrir.
error-several-files = Ce sont plusieurs fichiers. Déposez-les un par un.
error-qr-picture-too-large = Cette image est trop grande.
error-picture-unreadable = Ce n’est pas une image, ou d’un type illisible ici. PNG, JPEG, GIF et WebP sont lus.
error-qr-not-found = Il n’y a pas de QR code dans cette image, ou il est trop flou.
error-qr-not-an-account-id = Le QR code de cette image ne contient pas d’identifiant de compte.
error-clipboard-without-picture = Il n’y a pas d’image dans le presse-papiers.
# Images de profil

picture-title = Votre image
picture-add = Ajouter une image
picture-change = Changer l’image
picture-choose = Choisir un fichier
picture-other = En choisir une autre
picture-use = Utiliser cette image
picture-drop-label = Choisir une image
picture-drop-hint = Déposez une image ici, collez-en une ou choisissez un fichier.
picture-note = JPEG, PNG, WebP ou GIF. Le lieu et l’appareil de prise de vue sont effacés. Vos contacts la verront avec vos prochains messages.
picture-chosen = L’image que vous avez choisie
picture-animated = Cette image est animée : elle est envoyée entière.
picture-crop-label = Partie de l’image qui est utilisée ; { $width } sur { $height } pixels
picture-crop-hint = Faites glisser pour déplacer, utilisez la molette pour zoomer. Ou les flèches, + et −, et R pour tourner.
picture-zoom = Zoom
picture-rotate = Tourner
picture-saved = Votre image est enregistrée.
picture-waiting = En attente d’envoi : vos contacts verront l’image ensuite.
picture-waiting-error = En attente d’envoi. { $reason }
picture-remove = Supprimer l’image
picture-remove-title = Supprimer votre image ?
picture-remove-text = Elle disparaît de tous vos appareils, et chez vos contacts avec vos prochains messages.

error-picture-unknown = Ce fichier n’est pas une image utilisable. Choisissez un fichier JPEG, PNG, WebP ou GIF.
error-picture-damaged = Cette image est abîmée ou incomplète et ne peut pas être lue. Choisissez-en une autre.
error-picture-too-large = Ce fichier est trop gros. Une image peut avoir 50 Mo, une image animée 10 Mo.
error-picture-too-many-pixels = Cette image a trop de pixels : plus de 64 millions. Réduisez-la, puis choisissez-la de nouveau.
error-picture-gone = Cette image n’est plus disponible. Choisissez-la de nouveau.
error-no-microphone = Aucun micro n’a été trouvé. Branchez-en un, puis réessayez.
error-microphone-refused = Le micro ne peut pas être utilisé : un autre programme l’occupe, ou le système ne le permet pas.
error-microphone-lost = Le micro s’est arrêté. Ce qui a été enregistré avant est gardé.
error-no-speaker = Ni haut-parleur ni casque n’a été trouvé. Branchez-en un, puis réessayez.
error-speaker-refused = Le haut-parleur ne peut pas être utilisé : un autre programme l’occupe, ou le système ne le permet pas.
error-speaker-lost = Le haut-parleur s’est arrêté. L’écoute reprendra à cet endroit quand vous appuierez sur Lecture.
error-sound-unreadable = Ce son est abîmé, ou d’un type illisible ici. Enregistrez-le pour l’ouvrir ailleurs.
error-sound-not-here = Ce son n’est pas encore sur cet appareil. Téléchargez-le d’abord.
error-voice-too-short = C’était trop court pour un message vocal : il faut au moins une seconde.
error-voice-gone = Il n’y a plus d’enregistrement. Enregistrez de nouveau.

# Inviter, QR codes d’images
invite-title = Inviter quelqu’un
invite-lead = Qui a votre identifiant peut vous écrire. Montrez le QR code ou envoyez le texte.
invite-text-label = Texte à partager
invite-text = J’utilise Entre Nous, une messagerie privée. Écrivez-moi là, ou avec une autre application du réseau Session. Voici mon identifiant : { $id }
invite-copy = Copier le texte
invite-save = Enregistrer le QR code
invite-file = Identifiant
directory-warning = Un identifiant mérite le même soin qu’un numéro de téléphone.
file-saved = Enregistré sous « { $name } » dans { $folder }
new-scan = Scanner l’image d’un QR code

# L’annuaire
directory-title = Annuaire
directory-search = Chercher un nom, une note ou un identifiant
directory-import = Importer
directory-export = Exporter
directory-count = { $count ->
    [one] { $count } entrée
   *[other] { $count } entrées
}
directory-chosen = { $count ->
    [one] { $count } entrée choisie
   *[other] { $count } entrées choisies
}
directory-choose = Choisir { $name }
directory-empty-title = Votre annuaire est vide
directory-empty-text = Importez une liste d’identifiants que des personnes publient. Elle reste sur cet appareil : jamais envoyée, jamais synchronisée.
directory-name = Nom
directory-note = Note, pour vous seulement
directory-qr = QR code de cet identifiant
directory-nickname = Prendre le nom comme surnom
directory-nickname-set = { $name } est maintenant le surnom.
directory-write = Nouveau message
name-from-directory = Nom de votre annuaire
request-directory-name = Dans votre annuaire : { $name }
directory-add = Ajouter
directory-add-title = Ajouter à l’annuaire
directory-add-id = Identifiant
directory-add-hint = Sur cet appareil seulement. Le nom et la note peuvent venir plus tard.
directory-add-several = Ce texte contient plusieurs identifiants. Ajoutez-les un par un ou importez une liste.
directory-add-no-name = Une entrée a besoin d’un identifiant. Un nom (ONS) se cherche sous Nouveau message.
directory-add-known = Cet identifiant est déjà dans l’annuaire : { $name }.
directory-open = Ouvrir l’entrée
directory-delete = Supprimer l’entrée
directory-delete-title = Supprimer { $name } de l’annuaire ?
directory-delete-text = Le nom et la note disparaissent. Les conversations et les contacts restent.
directory-delete-confirm = Supprimer l’entrée
directory-import-title = Importer une liste
directory-import-lead = Texte, CSV ou vCard, avec noms et identifiants dans n’importe quel ordre. Rien n’est gardé avant que vous ayez vu ce qui a été trouvé, et rien ne quitte cet appareil.
directory-import-field = Liste
directory-import-placeholder = Collez la liste ou déposez un fichier ici
directory-choose-file = Choisir un fichier
directory-look = Lire la liste
directory-other-list = Une autre liste
directory-reading = Lecture : { $done } sur { $total }
directory-writing = Enregistrement : { $done } sur { $total }
directory-stop = Arrêter
directory-found = Trouvés : { $entries ->
    [one] { $entries } identifiant
   *[other] { $entries } identifiants
}. Nouveaux : { $added }. Changés : { $changed }. Déjà là : { $kept }.
directory-duplicates = Nommés plus d’une fois : { $count }.
directory-replace = Remplacer les noms et les notes déjà là
directory-preview = Début de la liste
directory-take = { $count ->
    [one] Prendre { $count } entrée
   *[other] Prendre { $count } entrées
}
directory-done = C’est fait. Nouveaux : { $added }. Changés : { $changed }. Déjà là : { $kept }.
directory-stopped = Arrêté. Enregistrés avant : { $count }.
directory-bad = { $count ->
    [one] { $count } ligne ne peut pas servir
   *[other] { $count } lignes ne peuvent pas servir
}
directory-bad-line = Ligne { $line }
directory-bad-more = Et { $count } de plus.
directory-export-title = Exporter l’annuaire
directory-export-all = Toutes les entrées sont exportées, avec noms et notes.
directory-export-chosen = { $count ->
    [one] { $count } entrée choisie est exportée, avec son nom et sa note.
   *[other] { $count } entrées choisies sont exportées, avec noms et notes.
}
directory-export-csv = Enregistrer en CSV
directory-export-page = Enregistrer une page à imprimer

# Groupes
group-event-created = Vous avez créé le groupe
group-event-invited = { $name } vous a envoyé une invitation
group-event-invited-unknown = Vous avez reçu une invitation
group-event-joined = Vous avez rejoint le groupe
group-event-joined-other = { $count ->
    [one] { $people } a rejoint le groupe
   *[other] { $people } ont rejoint le groupe
}
group-event-added-own = Vous avez ajouté { $people }{ $history ->
    [yes] {""}, avec les messages récents
   *[no] {""}
}
group-event-added-other = { $name } a ajouté { $people }{ $history ->
    [yes] {""}, avec les messages récents
   *[no] {""}
}
group-event-added-you = { $name } vous a fait entrer dans le groupe{ $history ->
    [yes] {""}, avec les messages récents
   *[no] {""}
}
group-event-added-you-with = { $name } vous a fait entrer dans le groupe avec { $people }
group-event-added-unknown = Ajouts : { $people }
group-event-added-you-unknown = Vous faites maintenant partie du groupe
group-event-removed-own = Vous avez retiré { $people } du groupe
group-event-removed-other = { $name } a retiré { $people } du groupe
group-event-removed-you = { $name } vous a fait sortir du groupe
group-event-removed-you-with = { $name } vous a fait sortir du groupe avec { $people }
group-event-removed-unknown = Retraits : { $people }
group-event-removed-you-unknown = Vous ne faites plus partie du groupe
group-event-promoted-own = { $count ->
    [one] Vous avez nommé { $people } admin
   *[other] Vous avez nommé { $people } admins
}
group-event-promoted-other = { $count ->
    [one] { $name } a nommé { $people } admin
   *[other] { $name } a nommé { $people } admins
}
group-event-promoted-you = { $name } vous a confié l’administration du groupe
group-event-promoted-you-with = { $name } vous a confié l’administration du groupe avec { $people }
group-event-promoted-now = { $count ->
    [one] { $people } est maintenant admin
   *[other] { $people } sont maintenant admins
}
group-event-promoted-you-now = Vous êtes maintenant admin
group-event-left-own = Vous avez quitté le groupe
group-event-left-other = { $name } a quitté le groupe
group-event-named-own = Vous avez nommé le groupe « { $group } »
group-event-named-other = { $name } a nommé le groupe « { $group } »
group-event-named-unknown = Le groupe s’appelle maintenant « { $group } »
group-event-named-none = Le nom du groupe a été changé
group-event-picture-own = Vous avez changé l’image du groupe
group-event-picture-other = { $name } a changé l’image du groupe
group-event-picture-unknown = L’image du groupe a été changée
group-event-timer-own = Vous avez réglé la disparition des messages : { $time } après l’envoi
group-event-timer-other = { $name } a réglé la disparition des messages : { $time } après l’envoi
group-event-timer-unknown = Les messages disparaissent maintenant { $time } après l’envoi
group-event-timer-off-own = Vous avez désactivé les messages éphémères
group-event-timer-off-other = { $name } a désactivé les messages éphémères
group-event-timer-off-unknown = Les messages éphémères ont été désactivés
group-people-more = { $count ->
    [one] { $people } et { $count } autre personne
   *[other] { $people } et { $count } autres personnes
}
group-people-you = vous
group-you = Vous
group-folded-added = { $count ->
    [one] { $count } personne a été ajoutée
   *[other] { $count } personnes ont été ajoutées
}
group-folded-removed = { $count ->
    [one] { $count } personne a été retirée
   *[other] { $count } personnes ont été retirées
}
group-folded-promoted = { $count ->
    [one] { $count } personne est devenue admin
   *[other] { $count } personnes sont devenues admins
}
group-folded-left = { $count ->
    [one] { $count } personne a quitté le groupe
   *[other] { $count } personnes ont quitté le groupe
}
group-folded-show = Afficher
group-folded-hide = Masquer
list-mentioned = { $count ->
    [one] { $count } message non lu vous mentionne
   *[other] { $count } messages non lus vous mentionnent
}
list-authored = { $name } : { $text }
list-own = Vous : { $text }
group-members = { $count ->
    [one] { $count } membre
   *[other] { $count } membres
}
group-standing-expired = Ses clés manquent ici
group-manage = Gérer le groupe
group-add-members = Ajouter des membres
group-leave = Quitter le groupe
group-bar-removed = Vous ne faites plus partie de ce groupe. Ce qui a été écrit reste lisible.
group-bar-destroyed = Ce groupe a été supprimé pour tout le monde. Ce qui a été écrit reste lisible.
group-bar-expired = Rien ne peut être écrit ici tant que les clés de ce groupe manquent. Ce qui a été écrit reste lisible.
group-silent = { $days ->
    [one] Ce groupe n’a pas été mis à jour depuis { $days } jour.
   *[other] Ce groupe n’a pas été mis à jour depuis { $days } jours.
}
group-silent-unknown = Ce groupe n’a pas été mis à jour depuis un certain temps.
group-asking-nodes = Il manque les clés de ce groupe. Elles sont demandées à d’autres nœuds.
group-asking-admins = Il manque les clés de ce groupe. Les applications des admins sont priées de les renvoyer ; il faut que l’une d’elles soit en ligne.
group-needs-invitation = Personne n’a pu envoyer les clés de ce groupe. Seule une nouvelle invitation aide : un admin l’envoie, et vous gardez votre place.
group-reconnect = Reconnecter
group-reconnecting = Reconnexion en cours. Ce qui manque arrive de soi-même.
group-ask-invitation = Demander une nouvelle invitation
group-asked-invitation = Les admins ont reçu votre demande d’une nouvelle invitation.
group-words-please-add = Merci d’ajouter { $person } à ce groupe.
group-words-let-me-in = Je ne peux plus lire le groupe « { $group } ». Merci de m’y redonner accès.
member-proposed = Attend un admin
member-invitation-sending = Invitation en cours d’envoi
member-invitation-sent = Invitation envoyée
member-invitation-failed = Invitation non envoyée
member-promotion-sending = Nomination en cours d’envoi
member-promotion-sent = Nomination envoyée
member-promotion-failed = Nomination non envoyée
member-admin = Admin
member-removing = Retrait en cours
member-resend = Renvoyer
member-resend-to = Renvoyer à { $name }
member-resent = C’est renvoyé.
member-actions = Actions pour { $name }
member-open = Ouvrir la conversation
member-repair = Cette personne ne voit pas le groupe
member-repair-title = Inviter { $name } de nouveau ?
member-repair-text = { $name } reçoit une nouvelle invitation, avec un nouvel accès. Rien d’autre ne change dans le groupe.
member-repair-confirm = Envoyer l’invitation
member-repaired = { $name } reçoit une nouvelle invitation, avec un nouvel accès.
member-add-again = Retirer et ajouter de nouveau
member-add-again-title = Retirer { $name } et ajouter de nouveau ?
member-add-again-text = L’application retire { $name } du groupe, puis fait un nouvel ajout, avec une nouvelle invitation. Utile quand une nouvelle invitation seule ne suffit pas.
member-added-again = Retrait et nouvel ajout de { $name } en cours.
member-promote = Nommer admin
member-promote-title = Nommer { $name } admin ?
member-promote-text = Les admins ajoutent et retirent des personnes et modifient le groupe. C’est définitif : un admin le reste et ne peut pas être retiré.
member-remove = Retirer du groupe
member-remove-title = Retirer { $name } du groupe ?
member-remove-text = { $name } ne pourra plus ni lire ni écrire ici. Ce qui y est déjà arrivé y reste.
member-remove-messages = Supprimer aussi ses messages
member-remove-confirm = Retirer
group-timer = Messages éphémères
group-timer-off = Désactivés
group-timer-after = { $time } après l’envoi
group-timer-lead = Pour tous les membres du groupe, à partir du prochain message.
group-edit = Modifier
group-edit-title = Modifier le groupe
group-name-label = Nom du groupe
group-description-label = Description (facultative)
group-description-counter = { $bytes } octets sur 2 000
group-picture-title = Image du groupe
group-picture-note = JPEG, PNG, WebP ou GIF. Le lieu et l’appareil de la prise de vue sont effacés. Tous les membres du groupe la voient.
group-picture-saved = L’image du groupe est enregistrée.
group-picture-remove-title = Retirer l’image du groupe ?
group-picture-remove-text = Plus personne dans le groupe ne la verra.
group-picture-chosen = Image choisie
group-admin-section = Pour les admins
group-may-add = Chacun peut ajouter des membres
group-may-add-hint = L’ajout demandé par un membre est fait par l’application d’un admin, dès que l’une d’elles est en ligne.
group-all-admins = Chaque membre est admin
group-all-admins-hint = Qui accepte l’invitation devient admin, définitivement.
group-destroy = Supprimer le groupe pour tout le monde
group-destroy-title = Supprimer { $name } pour tout le monde ?
group-destroy-text = Plus personne ne pourra y écrire, et personne ne pourra faire revenir le groupe. Ce que les autres ont reçu reste chez eux.
group-leave-title = Quitter { $name } ?
group-leave-text = Vous ne recevrez plus ce qui s’y écrit, et ce qui a été écrit disparaîtra de vos appareils. Les autres voient votre départ. Seule une nouvelle invitation vous fera revenir.
group-leave-confirm = Quitter
group-leave-last-title = Vous êtes le dernier admin
group-leave-last-text = Sans admin, personne ne peut ajouter ni retirer de membres. Nommez un autre admin avant de partir, ou supprimez le groupe pour tout le monde.
group-leave-choose = Choisir un admin
group-new = Nouveau groupe
group-create = Créer le groupe
group-new-members = Membres
people-search = Rechercher, ou coller un Account ID
people-all = Tout sélectionner
people-count = { $count } choisis sur { $most } au plus
people-empty = Encore ni contact ni entrée de l’annuaire. Collez un Account ID dans le champ ci-dessus.
people-taken = Déjà dans le groupe
group-add-title = Ajouter des membres
group-add-share = Partager les messages récents (14 jours)
group-add-submit = { $count ->
    [0] Ajouter
    [one] Ajouter { $count } personne
   *[other] Ajouter { $count } personnes
}
group-add-done = { $count ->
    [one] { $count } personne reçoit une invitation.
   *[other] { $count } personnes reçoivent une invitation.
}
group-add-proposed = En attente d’un admin : l’application d’un admin fait l’ajout dès qu’elle est en ligne.
group-add-note = Vous n’êtes pas admin : votre souhait est envoyé aux admins, et l’application de l’un d’eux le réalise d’elle-même.
group-add-not-allowed = Seuls les admins peuvent ajouter des membres à ce groupe. Adressez-vous à l’un d’eux.
request-group-title = Invitation à rejoindre un groupe
request-group-name = Groupe « { $name } »
request-group-no-name = Un groupe dont le nom n’est pas encore connu
request-group-inviter = Invitation de { $name }
request-group-inviter-unknown = Une personne vous invite
request-group-explain = Personne dans le groupe n’apprend rien de vous avant que vous acceptiez. Si vous acceptez, ses membres voient votre nom et votre image.
request-group-inviter-id = Account ID de la personne qui vous invite
request-group-block = Bloquer { $name }
request-group-decline-title = Supprimer cette invitation ?
request-group-decline-text = Elle disparaîtra de tous vos appareils. Personne n’en est informé, et vous pourrez en recevoir une autre.
request-group-decline-confirm = Supprimer l’invitation
request-group-block-title = Bloquer { $name } ?
request-group-block-text = L’invitation disparaîtra de tous vos appareils, et rien de ce qu’écrit { $name }, qui vous invite, ne vous parviendra plus. Cette personne n’en est pas informée.
timeline-label-group = Messages du groupe { $name }
timeline-mention = { $count ->
    [one] Aller au message qui vous mentionne
   *[other] Aller au prochain des { $count } messages qui vous mentionnent
}
menu-delete-everyone = Supprimer pour tout le monde
delete-everyone-text = { $count ->
    [one] Il disparaîtra des appareils de tous les membres du groupe. Qui l’a lu l’a lu.
   *[other] Ils disparaîtront des appareils de tous les membres du groupe. Qui les a lus les a lus.
}
delete-everyone-text-other = Ce que { $name } a écrit disparaîtra des appareils de tous les membres du groupe. Ils verront que c’est supprimé.
delete-group-text = Tout ce qui a été écrit dans { $name } disparaîtra de tous vos appareils. Les autres le gardent.
clear-text-group = Tout ce qui a été écrit dans { $name } disparaîtra de cet appareil seulement. Le groupe continue.
mention-list = Membres à mentionner
failed-group-closed = Non envoyé : vous ne faites plus partie de ce groupe
failed-group-key = Non envoyé : il manque les clés de ce groupe
notifications-mentions = Mentions seulement
privacy-names-label = Afficher le nom des personnes qui ne sont pas des contacts
privacy-names-hint = Dans les groupes, les membres qui ne sont pas vos contacts apparaissent sous le nom qu’ils se donnent. Rien ne le garantit. Sinon, vous voyez leur Account ID abrégé.
network-groups = Groupes
network-group-poll = Dernière demande
network-group-keys = Clés
network-group-generation = Clé la plus récente
network-group-parked = Messages en attente d’une clé
network-group-days = Le réseau le garde encore
network-group-days-left = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
network-group-due = Des changements attendent d’être enregistrés
network-group-leaving = Départ en cours : les autres ne le savent pas encore
network-group-none = Aucune
network-group-unknown = Inconnu
shortcut-new-group = Nouveau groupe
error-description-too-long = Cette description est trop longue : elle peut avoir 2 000 octets.
error-group-needs-member = Il faut au moins une autre personne dans un groupe. Choisissez quelqu’un.
error-group-too-large = Un groupe peut avoir 100 membres, vous compris. Choisissez moins de personnes.
error-not-group-admin = Seuls les admins de ce groupe peuvent faire cela.
error-last-group-admin = Vous êtes le dernier admin. Nommez un autre admin, ou supprimez le groupe pour tout le monde.
error-group-closed = Vous ne faites plus partie de ce groupe, ou il a été supprimé.
error-group-without-key = Il manque les clés de ce groupe sur cet appareil. Reconnectez-le d’abord.
error-members-may-not-add = Seuls les admins peuvent ajouter des membres à ce groupe. Adressez-vous à l’un d’eux.

# Agir sur les messages
conversation-menu = Actions pour cette conversation
composer-emoji = Insérer un emoji
list-mark-all-read = Tout marquer comme lu
menu-reply = Répondre
menu-react = Réagir
menu-take-back = Modifier avant l’envoi
menu-take-back-failed = Modifier et renvoyer
take-back-left = Une partie de ce message est peut-être déjà partie : il ne peut plus être modifié. Vous pouvez réessayer, ou le supprimer.
menu-copy-author = Copier l’Account ID de l’auteur
menu-forward = Transférer
menu-select = Sélectionner
menu-select-messages = Sélectionner des messages
menu-who-reacted = Qui a réagi
menu-delete = Supprimer
quote-bar = Réponse à { $name }
quote-remove = Ne pas répondre à ce message
quote-jump = Afficher le message d’origine
quote-label = Réponse à { $name } : { $text }
quote-deleted = Le message d’origine a été supprimé
quote-missing = Le message d’origine n’est pas sur cet appareil
quote-without-text = Message sans texte
reactions-title = Réactions
reactions-more = { $count ->
    [one] { $count } autre réaction
   *[other] { $count } autres réactions
}
reactions-none = Il n’y a plus de réaction.
reaction-by = { $emoji } de { $people }
reaction-count = { $count ->
    [one] { $emoji }, { $count } personne
   *[other] { $emoji }, { $count } personnes
}
reaction-others = { $count ->
    [one] et { $count } autre
   *[other] et { $count } autres
}
reaction-recent = Utilisés récemment
reaction-more = Plus d’emojis
emoji-search = Rechercher un emoji
emoji-none = Aucun emoji ne porte ce nom.
emoji-list = Emoji à insérer
emoji-failed = Les emojis n’ont pas pu être chargés.
emoji-groups = Groupes d’emojis
emoji-recent = Utilisés récemment
emoji-group-smileys = Visages
emoji-group-people = Personnes
emoji-group-nature = Animaux et nature
emoji-group-food = Nourriture et boissons
emoji-group-travel = Voyages et lieux
emoji-group-activities = Activités
emoji-group-objects = Objets
emoji-group-symbols = Symboles
emoji-group-flags = Drapeaux
emoji-tone = Couleur de peau
emoji-tone-none = Sans couleur de peau
emoji-tone-light = Peau claire
emoji-tone-medium-light = Peau assez claire
emoji-tone-medium = Peau intermédiaire
emoji-tone-medium-dark = Peau assez foncée
emoji-tone-dark = Peau foncée
select-actions = Actions pour les messages sélectionnés
select-count = { $count ->
    [0] Rien n’est sélectionné
    [one] { $count } message sélectionné
   *[other] { $count } messages sélectionnés
}
select-end = Arrêter la sélection
forward-title = { $count ->
    [one] Transférer ce message
   *[other] Transférer { $count } messages
}
forward-to = Transférer à
forward-search = Rechercher une conversation
forward-text-only = Texte seulement avant l’acceptation
forward-chosen = { $count ->
    [one] { $count } conversation choisie
   *[other] { $count } conversations choisies
}
forward-submit = { $count ->
    [0] Transférer
    [one] Transférer à { $count } conversation
   *[other] Transférer à { $count } conversations
}
forward-done = { $count ->
    [one] Transféré à { $count } conversation.
   *[other] Transféré à { $count } conversations.
}
forward-refused = Non transféré à { $name } : { $reason }
forward-refused-partly = { $count ->
    [one] { $count } message seulement transféré à { $name } : { $reason }
   *[other] { $count } messages seulement transférés à { $name } : { $reason }
}
delete-where = Supprimer de
delete-all-devices = Supprimer sur tous mes appareils
delete-all-devices-text = { $count ->
    [one] Il disparaîtra de tous vos appareils, et personne ne pourra le faire revenir.
   *[other] Ils disparaîtront de tous vos appareils, et personne ne pourra les faire revenir.
}
delete-everyone-text-person = { $count ->
    [one] Il disparaîtra de vos appareils et de ceux de l’autre personne, qui verra qu’il a été supprimé. Qui l’a lu l’a lu. Un appareil qui ne se reconnecte jamais le garde.
   *[other] Ils disparaîtront de vos appareils et de ceux de l’autre personne, qui verra qu’ils ont été supprimés. Qui les a lus les a lus. Un appareil qui ne se reconnecte jamais les garde.
}
message-deleted-here = Supprimé sur cet appareil
list-message-deleted-here = Supprimé sur cet appareil
media-saved-own = Vous avez enregistré un fichier
media-saved-other = { $name } a enregistré un fichier que vous avez envoyé
media-saved-many-own = Vous avez enregistré des fichiers ({ $count } fois)
media-saved-many-other = { $name } a enregistré des fichiers que vous avez envoyés ({ $count } fois)
list-media-saved = Un fichier a été enregistré
attachment-picture = Image
attachment-video = Vidéo
attachment-audio = Son
attachment-voice = Message vocal
attachment-file = Fichier
attachment-count = { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
}
file-download = Cliquer pour télécharger
file-download-named = Télécharger { $name }
file-after-accept = Acceptez la demande pour le télécharger
file-waiting = En attente
file-waiting-disk = En attente : le disque est plein ou ne peut pas être écrit
file-waiting-again = { $reason }. Un nouvel essai suivra.
file-sending = Envoi en cours
file-sending-percent = Envoi : { $percent }
file-downloading = Téléchargement en cours
file-downloading-percent = Téléchargement : { $percent }
file-stop = Arrêter { $name }
file-expired = N’est plus sur le serveur
file-failed-network = Non téléchargé : le réseau n’a pas répondu
file-failed-large = Non téléchargé : plus grand que ce que le réseau accepte
file-failed-damaged = Non téléchargé : ce qui est arrivé n’est pas le fichier envoyé
file-failed-link = Non téléchargé : son lien ne mène à aucun serveur de fichiers connu d’Entre Nous
file-failed-refused = Non téléchargé : le serveur de fichiers le refuse
file-failed-disk = Non téléchargé : le disque est plein ou ne peut pas être écrit
file-failed-other = Non téléchargé : problème inattendu
file-view = Afficher en grand : { $name }
file-play-animation = Lire { $name }
file-pause-animation = Mettre en pause { $name }
file-save = Enregistrer { $name }
file-open = Ouvrir { $name } dans un autre programme
file-facts = { $type }, { $size }
files-save = { $count ->
    [one] Enregistrer le fichier
   *[other] Enregistrer { $count } fichiers
}
files-saved = { $count ->
    [one] { $count } fichier enregistré dans { $folder }
   *[other] { $count } fichiers enregistrés dans { $folder }
}
files-programs-left = { $count ->
    [one] { $count } programme n’a pas été enregistré. Enregistrez les programmes un par un.
   *[other] { $count } programmes n’ont pas été enregistrés. Enregistrez les programmes un par un.
}
files-retry = Réessayer : { $name }
composer-attach = Joindre des fichiers
composer-caption = Ajouter une légende
attach-strip = Fichiers à envoyer
attach-adding = { $count ->
    [one] Ajout de { $count } fichier
   *[other] Ajout de { $count } fichiers
}
attach-remove = Ne pas envoyer { $name }
attach-whole = Envoyer { $name } comme fichier, avec ses métadonnées
attach-whole-short = Comme fichier
attach-whole-note = Envoyée comme fichier : le lieu et l’appareil de la prise de vue restent dans l’image.
attach-refused = { $name } n’a pas été ajouté. { $reason }
attach-forget = Fermer les remarques sur les fichiers
attach-drop = Déposer ici pour envoyer
attach-drop-note = Le lieu et l’appareil de la prise de vue sont retirés des images.
attach-drop-whole = Déposer ici pour envoyer comme fichiers
attach-drop-whole-note = Les images gardent le lieu et l’appareil de la prise de vue.
file-too-large-limit = Ce fichier est trop grand. Un fichier peut avoir { $limit }.
program-title-download = Télécharger ce programme ?
program-title-save = Enregistrer ce programme ?
program-title-open = Ouvrir ce programme ?
program-text = « { $name } » peut s’exécuter sur un ordinateur et y faire tout ce que vous pouvez faire. Un programme peut nuire, même s’il vient d’une personne que vous connaissez. Ne continuez que si vous l’attendiez.
program-download = Télécharger le programme
program-save = Enregistrer le programme
program-open = Ouvrir le programme
open-title = Ouvrir dans un autre programme ?
open-text = Un autre programme de cet ordinateur affiche « { $name } ». Il peut se connecter à internet, si bien que la personne qui a envoyé le fichier peut apprendre que vous l’avez ouvert. Il reçoit une copie, retirée quand le message disparaît et quand Entre Nous se ferme.
open-confirm = Ouvrir une copie
trust-title = Toujours télécharger ici ?
trust-text = Les fichiers envoyés par { $name } seront alors téléchargés d’eux-mêmes, 200 Mo par jour au plus. Vous pouvez changer cela dans les détails de la conversation.
trust-text-group = Les fichiers envoyés dans { $name } seront alors téléchargés d’eux-mêmes, 200 Mo par jour au plus. Vous pouvez changer cela dans la fenêtre du groupe.
trust-always = Toujours ici
trust-once = Ce fichier seulement
downloads-here = Télécharger les fichiers d’eux-mêmes
downloads-here-hint = Sur cet appareil, 200 Mo par jour au plus.
downloads-here-never = Les réglages disent que rien n’est téléchargé de soi-même.
downloads-label = Téléchargement automatique
downloads-trusted = Là où je l’ai permis
downloads-never = Jamais
lightbox-title = Images et vidéos
lightbox-place = { $at } sur { $total }
lightbox-by = { $name }, { $when }
lightbox-older = Précédente
lightbox-newer = Suivante
lightbox-zoom-in = Agrandir
lightbox-zoom-out = Réduire
lightbox-whole = Image entière
lightbox-copy = Copier l’image
lightbox-copy-failed = L’image n’a pas pu être copiée. Enregistrez-la plutôt.
picture-alt = Image de { $name }
picture-alt-own = Image de vous
film-alt = Vidéo de { $name }
film-alt-own = Vidéo de vous
film-unplayable = Cette vidéo ne peut pas être lue ici. Enregistrez-la pour l’ouvrir ailleurs.
audio-play = Lire { $name }
audio-pause = Mettre en pause { $name }
audio-place = Position dans { $name }
audio-position = { $at } sur { $total }
audio-speed = Vitesse : { $speed }
voice-record = Enregistrer un message vocal : maintenir, ou cliquer
voice-opening = Ouverture du micro
voice-recording = Enregistrement
voice-paused = Enregistrement en pause
voice-recorded = Enregistré. Vous pouvez l’écouter, l’envoyer ou le supprimer.
voice-release = Relâchez pour envoyer, écartez pour supprimer
voice-release-discard = Relâchez pour supprimer
voice-level = Volume
voice-record-pause = Mettre l’enregistrement en pause
voice-record-resume = Reprendre l’enregistrement
voice-stop = Arrêter, pour écouter avant d’envoyer
voice-discard = Supprimer l’enregistrement
voice-send = Envoyer le message vocal
voice-full = Un message vocal dure cinq minutes au plus. Envoyez-le, ou écoutez-le d’abord.
voice-play = Lire le message vocal
voice-pause = Mettre le message vocal en pause
voice-place = Position dans le message vocal
voice-fetch = Télécharger et lire le message vocal
voice-failed = L’enregistrement est toujours là. { $reason }
voice-length = Message vocal, { $length }
playing-from = Lecture depuis { $name }
playing-show = Afficher le message
playing-pause = Pause
playing-resume = Reprendre la lecture
playing-end = Arrêter la lecture
gallery-title = Médias, fichiers et liens
gallery-kinds = Ce qui est affiché
gallery-media = Médias
gallery-files = Fichiers
gallery-links = Liens
gallery-empty-media = Encore ni image ni vidéo.
gallery-empty-files = Encore aucun fichier.
gallery-empty-links = Encore aucun lien.
gallery-show = Afficher dans la conversation
invitation-to = Invitation à la communauté { $name }
list-invitation = Invitation à une communauté
invitation-note = Cette version ne permet pas encore de rejoindre des communautés.
invitation-copy = Copier le lien de l’invitation
preview-of = Aperçu de { $host }
preview-fetch = Télécharger l’image de l’aperçu de { $host }
preview-remove = Ne pas envoyer cet aperçu
timer-after-read = { $time } après la lecture
timer-now = Messages éphémères : { $timer }
timer-kind = Quand les messages disparaissent
timer-kind-read = Après la lecture
timer-kind-send = Après l’envoi
timer-note-off = Les messages restent jusqu’à ce que quelqu’un les supprime.
timer-note-read = Le temps commence quand un message est lu.
timer-note-send = Le temps commence quand un message est envoyé.
timer-time = Au bout de combien de temps
timer-lead = Pour vos messages, à partir du prochain. { $name } en est informé et peut suivre votre réglage.
timer-lead-self = Pour vos notes sur tous vos appareils, à partir de la prochaine.
timer-follow = Suivre ce réglage
timer-changed-off-own = Vous avez désactivé les messages éphémères
timer-changed-off-other = { $name } a désactivé les messages éphémères
timer-changed-read-own = Vous avez réglé la disparition de vos messages : { $time } après la lecture
timer-changed-read-other = { $name } a réglé la disparition de ses messages : { $time } après la lecture
timer-changed-send-own = Vous avez réglé la disparition de vos messages : { $time } après l’envoi
timer-changed-send-other = { $name } a réglé la disparition de ses messages : { $time } après l’envoi
list-timer-changed = Les messages éphémères ont été réglés
disappears-at = Disparaît { $when }
jump-date = Aller à une date
jump-date-label = Jour
jump-date-hint = Par exemple { $example }
jump-date-not-understood = Ce n’est pas un jour. Écrivez-le ainsi : { $example }
jump-date-nothing = Rien n’a été écrit ce jour-là ni après.
jump-date-go = Afficher
info-disappears = Disparition
info-ends = Disparaît le
info-file-type = Type
info-file-size = Taille
info-file-resolution = Définition
info-file-length = Durée
info-file-problem = Problème
info-file-place = Où il est
info-file-caption = Légende
info-file-queued = En attente d’envoi
info-file-uploaded = Envoyé
info-file-remote = Sur le serveur
info-file-local = Sur cet appareil
info-file-failed = Échec
shortcut-emoji = Insérer un emoji
shortcut-reply = Répondre
shortcut-react = Réagir
shortcut-save = Enregistrer les fichiers d’un message
error-too-many-reactions = Ce sont trop de réactions en une minute. Attendez un peu, puis réessayez.
error-not-deletable = Ce message ne peut pas être supprimé à cet endroit. Vous pouvez le supprimer sur cet appareil.
error-not-accepted = Cette personne n’a pas encore accepté votre demande. D’ici là, vous ne pouvez envoyer que du texte.
error-nothing-to-search = Saisissez au moins deux lettres d’un mot.
error-too-many-files = Au plus 32 fichiers partent à la fois. Envoyez le reste ensuite.
error-file-gone = Ce fichier n’est plus là. Choisissez-le à nouveau.
error-file-not-here = Ce fichier n’est pas encore sur cet appareil. Téléchargez-le d’abord.
error-file-damaged = Ce qui est arrivé n’est pas le fichier envoyé. Réessayez, ou demandez-le encore une fois.
error-file-link-unusable = Le lien de ce fichier ne mène à aucun serveur de fichiers connu d’Entre Nous : rien n’y est téléchargé.
error-transfer-stopped = Vous avez arrêté ce fichier. Rien n’est perdu ; réessayez quand vous voulez.
search-filters = Affiner la recherche
search-conversations = Conversations
search-contacts = Contacts
search-messages = Messages
search-all-conversations = Afficher les { $count } conversations
search-in = Dans { $name }
search-in-any = Toutes les conversations
search-from = De { $name }
search-from-any = Tout le monde
search-when-any = N’importe quand
search-when-today = Aujourd’hui
search-when-week = 7 derniers jours
search-when-month = 30 derniers jours
search-when-year = 12 derniers mois
search-when-days = Entre deux jours
search-first-day = Premier jour
search-last-day = Dernier jour
search-has-file = Avec un fichier
search-has-link = Avec un lien
search-has-picture = Avec une image
search-clear-filters = Tout rechercher
search-no-message = Aucun message trouvé.
search-incomplete = Les anciens messages sont encore en cours de préparation pour la recherche. Ils seront trouvés dans un instant.
find-open = Rechercher dans cette conversation
find-label = Rechercher dans cette conversation
find-count = { $at } sur { $total }
find-at = Résultat { $at }
find-none = Rien trouvé
find-older = Résultat plus ancien
find-newer = Résultat plus récent
find-close = Fermer la recherche
shortcut-find = Rechercher dans la conversation

# Place sur cet appareil
storage-title = Place sur cet appareil
storage-total = { $size } en tout
storage-pictures = Images
storage-videos = Vidéos
storage-audio = Sons
storage-voice = Messages vocaux
storage-files = Autres fichiers
storage-messages = Messages et contacts
storage-index = Index de recherche
storage-free = Libre pour de nouveaux messages
storage-thumbnails = Miniatures des fichiers
storage-portraits = Images des personnes et des groupes
storage-waiting = Fichiers en attente d’envoi
storage-backups = { $count ->
    [one] { $count } sauvegarde
   *[other] { $count } sauvegardes
}
storage-delete = Supprimer des fichiers…
storage-conversations = Par conversation
storage-count = { $count ->
    [one] { $count } fichier, { $size }
   *[other] { $count } fichiers, { $size }
}
storage-held = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
storage-delete-of = Supprimer des fichiers de { $name }
storage-clear-of = Effacer des messages de { $name }
storage-clear-here = Effacer des messages…
delete-files-title = Supprimer des fichiers
delete-files-title-of = Supprimer des fichiers de { $name }
delete-files-text = Ils ne partent que de cet appareil, et les messages restent. Un fichier peut être téléchargé à nouveau tant que le serveur le garde ; après 14 jours environ, il est perdu.
delete-files-age = Ancienneté
delete-files-any-age = Sans importance
delete-files-month = Plus d’un mois
delete-files-half-year = Plus de six mois
delete-files-year = Plus d’un an
delete-files-size = Taille
delete-files-any-size = Sans importance
delete-files-over = Plus de { $size }
delete-files-count = { $count ->
    [0] Aucun fichier de ce genre.
    [one] { $count } fichier, { $size }
   *[other] { $count } fichiers, { $size }
}
delete-files-confirm = { $count ->
    [0] Supprimer
    [one] Supprimer { $count } fichier
   *[other] Supprimer { $count } fichiers
}
delete-files-done = { $count ->
    [one] { $count } fichier supprimé, { $size }
   *[other] { $count } fichiers supprimés, { $size }
}
clear-old-title = Effacer des messages de { $name }
clear-old-text = Ils ne partent que de cet appareil, avec leurs fichiers, et personne ne pourra les y retrouver. Ce qui attend encore d’être envoyé reste, comme tout ce qui est sur d’autres appareils.
clear-old-age = Plus anciens que
clear-old-week = Une semaine
clear-old-month = Un mois
clear-old-half-year = Six mois
clear-old-year = Un an
clear-old-count = { $count ->
    [0] Aucun message n’est aussi ancien.
    [one] { $count } message
   *[other] { $count } messages
}
clear-old-confirm = { $count ->
    [0] Effacer
    [one] Effacer { $count } message
   *[other] Effacer { $count } messages
}
clear-old-done = { $count ->
    [one] { $count } message effacé
   *[other] { $count } messages effacés
}

# Exporter une conversation
menu-export = Exporter cette conversation
export-title = Exporter { $name }
export-warning = Ce qui est exporté n’est pas chiffré. Quiconque le trouve peut le lire.
export-format = Sous forme de
export-html = Pages à lire, avec les fichiers
export-json = Données pour d’autres programmes, avec les fichiers
export-start = Exporter
export-stop = Arrêter
export-running = { $done } messages sur { $total }
export-progress = Avancement de l’export
export-goes-on = Vous pouvez fermer cette fenêtre. L’export continue.
export-counts = Messages : { $messages }. Fichiers : { $files }.
export-missing = { $count ->
    [one] { $count } fichier n’est pas sur cet appareil, seul son nom est donné.
   *[other] { $count } fichiers ne sont pas sur cet appareil, seul leur nom est donné.
}
export-left-out = Messages éphémères laissés de côté : { $count }
export-stopped = Arrêté. Rien n’en a été gardé.
export-elsewhere = Une autre conversation est en cours d’export. Celle-ci pourra suivre une fois l’export terminé.
export-lead = Exporté le { $date }
export-accepted = La demande a été acceptée
export-file-missing = { $name } (absent de l’appareil qui a exporté ceci)
export-earlier = Messages précédents
export-later = Messages suivants
export-created = Le groupe a été créé
export-promoted = Nommés admins : { $people }
export-left = A quitté le groupe

# Partager un contact
menu-share-contact = Partager ce contact
share-title = Partager { $name }
share-with = Partager avec
share-submit = { $count ->
    [0] Partager
    [one] Partager avec { $count } conversation
   *[other] Partager avec { $count } conversations
}
share-done = { $count ->
    [one] Partagé avec { $count } conversation.
   *[other] Partagé avec { $count } conversations.
}
card-label = Contact : { $name }
card-self = C’est vous
card-write = Écrire
card-write-to = Écrire à { $name }
card-copy = Copier l’identifiant
