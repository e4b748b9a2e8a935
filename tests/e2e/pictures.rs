//! Pictures of the screens, kept to be looked at; and what must hold on each.

use std::time::{Duration, Instant};

use anyhow::Result;
use thirtyfour::{By, Key};

use crate::window::{Start, Window};

/// How the screens of a tour look.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) is_dark: bool,
    pub(crate) language: &'static str,
}

impl Look {
    /// A system with this look.
    pub(crate) fn start(self) -> Start {
        Start {
            language: Some(self.language),
            is_dark: self.is_dark,
            ..Start::default()
        }
    }

    /// Keeps a picture of a screen on which nothing is cut off.
    pub(crate) async fn keep(self, window: &Window, screen: &str) -> Result<()> {
        assert_nothing_is_cut_off(window, screen).await?;
        let theme = if self.is_dark { "dark" } else { "light" };
        window
            .picture(&format!("{screen}-{theme}-{}", self.language))
            .await
    }

    /// What a window in this look says for an id of its words: the longest piece, where something is
    /// filled in.
    pub(crate) fn says(self, id: &str) -> &'static str {
        let words = match self.language {
            "fr" => include_str!("../../ui/messages/fr.ftl"),
            _ => include_str!("../../ui/messages/en.ftl"),
        };
        let said = words
            .lines()
            .find_map(|line| line.strip_prefix(id)?.strip_prefix(" = "))
            .expect("an id of the window's words");
        let pieces = said.split(['{', '}']).filter(|piece| !piece.starts_with(" $"));
        pieces
            .map(str::trim)
            .max_by_key(|piece| piece.len())
            .unwrap_or(said)
    }

    /// The page wears the look of the system it was started on.
    pub(crate) async fn assert_worn(self, window: &Window) -> Result<()> {
        let page = window.session().find(By::Css("html")).await?;
        let theme = if self.is_dark { "dark" } else { "light" };
        assert_eq!(page.attr("lang").await?.as_deref(), Some(self.language));
        assert_eq!(page.attr("data-theme").await?.as_deref(), Some(theme));
        Ok(())
    }
}

/// What no screen may do: scroll sideways, cut a button's label, or let anything stand outside.
async fn assert_nothing_is_cut_off(window: &Window, screen: &str) -> Result<()> {
    let script = "
        const wide = document.documentElement.scrollWidth > window.innerWidth + 1;
        const cut = [...document.querySelectorAll('button')]
            .filter(b => b.offsetParent !== null && b.scrollWidth > b.clientWidth + 2
                && getComputedStyle(b).overflow === 'hidden'
                && getComputedStyle(b).textOverflow !== 'ellipsis')
            .map(b => b.textContent.trim());
        const beyond = [...document.querySelectorAll('button, label, input, textarea, h1, h2, p, dt, dd, li')]
            .filter(e => e.offsetParent !== null && !e.closest('[aria-hidden=true], .visually-hidden'))
            .filter(e => { const box = e.getBoundingClientRect();
                return box.width > 0 && (box.right > window.innerWidth + 1 || box.left < -1); })
            .map(e => `${e.tagName} ${e.textContent.trim().slice(0, 30)}`);
        return JSON.stringify({ wide, cut, beyond });";
    let found: String = window.session().execute(script, Vec::new()).await?.convert()?;
    assert_eq!(found, r#"{"wide":false,"cut":[],"beyond":[]}"#, "{screen}");
    Ok(())
}

/// Closes a menu, a dialog or a page, and waits until it is gone.
pub(crate) async fn escape(window: &Window) -> Result<()> {
    window.press(&char::from(Key::Escape).to_string()).await?;
    window
        .wait_gone("[role='menu'], [role='dialog'], [role='alertdialog']")
        .await
}

/// Opens a menu by right click, once the element stands still, and waits until it has the focus.
pub(crate) async fn open_menu(window: &Window, element: &thirtyfour::WebElement) -> Result<()> {
    element.scroll_into_view().await?;
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let chain = window.session().action_chain();
        match chain.context_click_element(element).perform().await {
            Ok(()) => break,
            // A message that has just come rises into its place.
            Err(error) if Instant::now() > end => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(60)).await,
        }
    }
    window.wait_css("[role='menu'] [role='menuitem']:focus").await?;
    Ok(())
}

/// Chooses a line of the open menu: the `at`-th, from 0; from the end if negative.
pub(crate) async fn choose(window: &Window, at: isize) -> Result<()> {
    let key = if at < 0 { Key::Up } else { Key::Down };
    for _ in 0..at.unsigned_abs() {
        window.press(&char::from(key.clone()).to_string()).await?;
    }
    window.press(&char::from(Key::Enter).to_string()).await
}

/// Opens the menu of a message by keys: after it the driver types whatever it is told.
pub(crate) async fn menu_of(window: &Window, message: &thirtyfour::WebElement) -> Result<()> {
    message.focus().await?;
    window.press(&char::from(Key::Enter).to_string()).await?;
    window.wait_css("[role='menu'] [role='menuitem']:focus").await?;
    Ok(())
}

/// Chooses the line of the open menu that says this.
pub(crate) async fn choose_line(window: &Window, words: &str) -> Result<()> {
    let line = window.wait_text("[role='menu'] [role='menuitem']", words).await?;
    line.click().await?;
    window.wait_gone("[role='menu']").await
}

/// Waits until a picture is drawn.
pub(crate) async fn wait_drawn(window: &Window, css: &str) -> Result<()> {
    window.wait_css(css).await?;
    let script = "const picture = document.querySelector(arguments[0]);
        return picture !== null && picture.complete && picture.naturalWidth > 0";
    wait_true(window, script, css).await
}

/// Waits until so many elements are there.
pub(crate) async fn wait_count(window: &Window, css: &str, count: usize) -> Result<()> {
    let script = format!("return document.querySelectorAll(arguments[0]).length === {count}");
    wait_true(window, &script, css).await
}

/// Waits until the view was led to a message with this text: it is marked, and on the screen.
pub(crate) async fn led_to(window: &Window, text: &str) -> Result<()> {
    let script = "const view = document.querySelector(\"[data-testid='timeline']\")?.getBoundingClientRect();
        const place = [...document.querySelectorAll(\"[data-testid='message'].found\")]
            .find(message => message.textContent.includes(arguments[0]))?.getBoundingClientRect();
        return view !== undefined && place !== undefined
            && place.top < view.bottom && place.bottom > view.top";
    wait_true(window, script, text).await
}

/// Waits until a script about something answers that it is so.
pub(crate) async fn wait_true(window: &Window, script: &str, about: &str) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = window.session().execute(script, vec![about.into()]).await?;
        if answer.convert::<bool>()? {
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < end, "in vain, of {about:?}: {script}");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

/// One test a look for each tour.
macro_rules! in_every_look {
    ($tour:path) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn light_in_english() -> anyhow::Result<()> {
            $tour($crate::pictures::Look {
                is_dark: false,
                language: "en",
            })
            .await
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn dark_in_english() -> anyhow::Result<()> {
            $tour($crate::pictures::Look {
                is_dark: true,
                language: "en",
            })
            .await
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn light_in_french() -> anyhow::Result<()> {
            $tour($crate::pictures::Look {
                is_dark: false,
                language: "fr",
            })
            .await
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn dark_in_french() -> anyhow::Result<()> {
            $tour($crate::pictures::Look {
                is_dark: true,
                language: "fr",
            })
            .await
        }
    };
}
pub(crate) use in_every_look;
