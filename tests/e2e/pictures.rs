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
