//! A window of the app, as a person uses it: by what stands on it, by mouse and keys.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use thirtyfour::common::command::ExtensionCommand;
use thirtyfour::prelude::*;
use thirtyfour::{Key, WebElement};

use crate::driver::{Driver, app_process, target_folder};
use crate::drop::Drag;

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(60);

/// How a window is started.
#[derive(Clone, Default)]
pub(crate) struct Start {
    /// Language of the system: `en` or `fr`.
    pub(crate) language: Option<&'static str>,
    /// Whether the system is dark.
    pub(crate) is_dark: bool,
    /// More arguments.
    pub(crate) arguments: Vec<String>,
}

/// A running app in its window.
pub(crate) struct Window {
    driver: Driver,
    pub(crate) profile: PathBuf,
}

impl Window {
    /// Opens the app on a profile and a network file, and waits for its first screen.
    pub(crate) async fn open(profile: &Path, network: &Path, start: &Start) -> Result<Self> {
        let mut arguments = vec![
            "--profile".to_owned(),
            profile.to_string_lossy().into_owned(),
            "--network".to_owned(),
            network.to_string_lossy().into_owned(),
        ];
        arguments.extend(start.arguments.iter().cloned());
        let locale = match start.language {
            Some("fr") => "fr_FR.UTF-8",
            _ => "en_US.UTF-8",
        };
        let theme = if start.is_dark { "Adwaita:dark" } else { "Adwaita" };
        let config = own_folders(profile)?;
        let environment = [
            ("XDG_CONFIG_HOME", config.as_str()),
            ("LANG", locale),
            ("LC_ALL", locale),
            ("LANGUAGE", locale),
            ("GTK_THEME", theme),
            // No test hears or plays anything: neither a sound server nor a driver is found.
            ("PULSE_SERVER", "unix:/nowhere"),
            ("ALSA_CONFIG_PATH", "/dev/null"),
        ];
        let driver = Driver::start(&arguments, &environment).await?;
        let window = Self {
            driver,
            profile: profile.to_path_buf(),
        };
        window
            .wait_css("html[data-ready='true']")
            .await
            .context("first screen")?;
        Ok(window)
    }

    pub(crate) fn session(&self) -> &WebDriver {
        &self.driver.session
    }

    /// Waits until an element of this test id is there.
    pub(crate) async fn wait(&self, test_id: &str) -> Result<WebElement> {
        self.wait_css(&format!("[data-testid='{test_id}']")).await
    }

    /// Waits until an element is there and can be seen.
    pub(crate) async fn wait_css(&self, css: &str) -> Result<WebElement> {
        self.wait_css_for(css, PATIENCE).await
    }

    /// The same, for what takes longer.
    pub(crate) async fn wait_css_for(&self, css: &str, patience: Duration) -> Result<WebElement> {
        let end = Instant::now() + patience;
        loop {
            if let Ok(element) = self.session().find(By::Css(css)).await
                && element.is_displayed().await.unwrap_or(false)
            {
                return Ok(element);
            }
            if Instant::now() > end {
                bail!("{css} did not appear; {}", self.what_stood_there(css).await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until there is no such element.
    pub(crate) async fn wait_gone(&self, css: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while !self.session().find_all(By::Css(css)).await?.is_empty() {
            anyhow::ensure!(Instant::now() < end, "{css} did not go away");
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Waits until a text stands nowhere on the page.
    pub(crate) async fn wait_unsaid(&self, text: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            let page = self.page().await?;
            let Some((before, _)) = page.split_once(text) else {
                return Ok(());
            };
            if Instant::now() > end {
                let from = before.len().saturating_sub(300);
                let around = before.get(from..).unwrap_or_default();
                bail!("{text:?} still stands on the page: {around}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until the text of an element holds `part`, and it can be seen.
    pub(crate) async fn wait_text(&self, css: &str, part: &str) -> Result<WebElement> {
        let end = Instant::now() + PATIENCE;
        let script = "return [...document.querySelectorAll(arguments[0])]
            .find(element => element.textContent.includes(arguments[1])) ?? null";
        loop {
            let found = self
                .session()
                .execute(script, vec![css.into(), part.into()])
                .await?;
            if let Ok(element) = found.element()
                && element.is_displayed().await.unwrap_or(false)
            {
                return Ok(element);
            }
            if Instant::now() > end {
                let stood = self.what_stood_there(css).await;
                bail!("no {css} with the text {part:?}; {stood}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(crate) async fn click(&self, test_id: &str) -> Result<()> {
        let element = self.wait(test_id).await?;
        element.click().await.with_context(|| format!("click {test_id}"))
    }

    /// Clicks on an element, scrolled into the middle, once it stands still: what has just come rises into
    /// its place.
    pub(crate) async fn click_on(&self, element: &WebElement) -> Result<()> {
        let script = "arguments[0].scrollIntoView({ block: 'center' })";
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            self.session().execute(script, vec![element.to_json()?]).await?;
            match element.click().await {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > end => return Err(error.into()),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    pub(crate) async fn type_into(&self, test_id: &str, text: &str) -> Result<()> {
        let element = self.wait(test_id).await?;
        element
            .send_keys(text)
            .await
            .with_context(|| format!("type into {test_id}"))
    }

    /// Types in place of what stands in a field, as a person does who selects all of it.
    pub(crate) async fn retype(&self, test_id: &str, text: &str) -> Result<()> {
        self.wait(test_id).await?.click().await?;
        self.chord(&[Key::Control], 'a').await?;
        self.press(&char::from(Key::Delete).to_string()).await?;
        match text {
            "" => Ok(()),
            text => self.type_into(test_id, text).await,
        }
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: &str) -> Result<()> {
        Ok(self.session().action_chain().send_keys(keys).perform().await?)
    }

    /// Presses a key while others are held.
    pub(crate) async fn chord(&self, held: &[Key], key: impl Into<char>) -> Result<()> {
        let key = key.into();
        let mut chain = self.session().action_chain();
        for modifier in held {
            chain = chain.key_down(modifier.clone());
        }
        chain = chain.key_down(key).key_up(key);
        for modifier in held.iter().rev() {
            chain = chain.key_up(modifier.clone());
        }
        Ok(chain.perform().await?)
    }

    /// The test id of the element that has the focus, if it has one.
    pub(crate) async fn focused(&self) -> Result<String> {
        let script = "return document.activeElement?.closest('[data-testid]')?.dataset.testid ?? ''";
        Ok(self.session().execute(script, Vec::new()).await?.convert()?)
    }

    /// Role and name of an element, as a screen reader is told.
    pub(crate) async fn role_and_name(&self, element: &WebElement) -> Result<(String, String)> {
        let role = self.ask(element, "computedrole").await?;
        let name = self.ask(element, "computedlabel").await?;
        Ok((role, name))
    }

    async fn ask(&self, element: &WebElement, what: &'static str) -> Result<String> {
        let command = Computed {
            element: element.element_id().to_string(),
            what,
        };
        let answer = self
            .session()
            .cmd(thirtyfour::common::command::Command::ExtensionCommand(Box::new(
                command,
            )));
        Ok(answer.await?.value()?)
    }

    /// Creates an account by clicking, without a password. Answers the account ID shown.
    pub(crate) async fn create_account(&self, name: &str) -> Result<String> {
        self.click("welcome-create").await?;
        self.type_into("name-input", name).await?;
        self.click("create-submit").await?;
        self.click("protect-skip").await?;
        self.own_account_id().await
    }

    /// The own account ID, from the first-run panel.
    pub(crate) async fn own_account_id(&self) -> Result<String> {
        let shown = self.wait("own-account-id").await?.text().await?;
        let id: String = shown.chars().filter(char::is_ascii_hexdigit).collect();
        anyhow::ensure!(id.len() == 66, "not a whole account ID: {} digits", id.len());
        Ok(id)
    }

    /// Opens a conversation through *New message* with what was pasted.
    pub(crate) async fn write_to(&self, pasted: &str) -> Result<()> {
        self.click("new-button").await?;
        self.click("add-new-message").await?;
        if self
            .session()
            .find(By::Css("[data-testid='address-input']"))
            .await
            .is_err()
        {
            self.click("new-message").await?;
        }
        let field = self.wait("address-input").await?;
        field.click().await?;
        self.insert(pasted).await?;
        let next = self
            .wait_css("[data-testid='address-next']:not([disabled])")
            .await?;
        next.click().await?;
        self.wait("composer-input").await?;
        Ok(())
    }

    /// Opens the message request that says this.
    pub(crate) async fn open_request(&self, text: &str) -> Result<()> {
        self.click("requests-row").await?;
        let row = self.wait_text("[data-testid='request-row']", text).await?;
        row.click().await?;
        self.wait("composer-input").await?;
        Ok(())
    }

    /// The whole page, as anybody with a debugger sees it.
    pub(crate) async fn page(&self) -> Result<String> {
        let script = "return document.documentElement.outerHTML";
        Ok(self.session().execute(script, Vec::new()).await?.convert()?)
    }

    /// Chooses a file where a button opens the system's dialog: `test_id` is the hidden field.
    pub(crate) async fn choose_file(&self, test_id: &str, file: &Path) -> Result<()> {
        let field = self
            .session()
            .find(By::Css(format!("[data-testid='{test_id}']")))
            .await?;
        let path = file.to_str().context("a path in UTF-8")?;
        field
            .send_keys(path)
            .await
            .with_context(|| format!("choose a file in {test_id}"))
    }

    /// Takes files over an element, as from a file manager.
    pub(crate) async fn hold_files(&self, test_id: &str, files: &[&Path]) -> Result<Drag> {
        let element = self.wait(test_id).await?.rect().await?;
        let window = self.session().get_window_rect().await?;
        #[expect(clippy::cast_possible_truncation, reason = "places on a screen")]
        let middle = |start: i64, from: f64, size: f64| start as i32 + (from + size / 2.0) as i32;
        let place = (
            middle(window.x, element.x, element.width),
            middle(window.y, element.y, element.height),
        );
        Drag::hold(self.driver.display(), place, files)
    }

    /// Drops files on an element that takes them.
    pub(crate) async fn drop_files(&self, test_id: &str, files: &[&Path]) -> Result<()> {
        let held = self.hold_files(test_id, files).await?;
        held.wait_taken(true).await?;
        held.release().await
    }

    /// The person's folder for downloads.
    pub(crate) fn downloads(&self) -> PathBuf {
        downloads(&self.profile)
    }

    /// Puts a text into the focused field as a paste does, line breaks included.
    pub(crate) async fn insert(&self, text: &str) -> Result<()> {
        let script = "document.execCommand('insertText', false, arguments[0])";
        self.session().execute(script, vec![text.into()]).await?;
        Ok(())
    }

    /// Pastes a file with this text where the focus is.
    pub(crate) async fn paste_file(&self, name: &str, content_type: &str, text: &str) -> Result<()> {
        let script = "const data = new DataTransfer();
            data.items.add(new File([arguments[2]], arguments[0], { type: arguments[1] }));
            const how = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', how))";
        let file = vec![name.into(), content_type.into(), text.into()];
        self.session().execute(script, file).await?;
        Ok(())
    }

    /// Types and sends. (After a right click the driver types plain small letters only.)
    pub(crate) async fn send(&self, text: &str) -> Result<()> {
        self.type_into("composer-input", text).await?;
        let field = self.wait("composer-input").await?;
        let typed = field.prop("value").await?.unwrap_or_default();
        anyhow::ensure!(typed == text, "typed {typed:?} instead of {text:?}");
        self.press(&char::from(Key::Enter).to_string()).await
    }

    /// The message with this text, once it is in this state.
    pub(crate) async fn wait_state(&self, text: &str, state: &str) -> Result<WebElement> {
        self.wait_text(&format!("[data-testid='message'][data-state='{state}']"), text)
            .await
    }

    /// Waits until the end of the newest message stands in view.
    pub(crate) async fn wait_end(&self) -> Result<()> {
        let script = "const log = document.querySelector(\"[data-testid='timeline']\");
            const last = [...log.querySelectorAll(\"[data-testid='message']\")].at(-1);
            return last.getBoundingClientRect().bottom - log.getBoundingClientRect().bottom <= 1";
        let end = Instant::now() + PATIENCE;
        while !self
            .session()
            .execute(script, Vec::new())
            .await?
            .convert::<bool>()?
        {
            anyhow::ensure!(Instant::now() < end, "the newest message is not in view");
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// How many messages with this text stand in the open conversation.
    pub(crate) async fn count(&self, text: &str) -> Result<usize> {
        let script = "return [...document.querySelectorAll(\"[data-testid='message']\")]
            .filter(element => element.textContent.includes(arguments[0])).length";
        Ok(self
            .session()
            .execute(script, vec![text.into()])
            .await?
            .convert()?)
    }

    pub(crate) async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.session().set_window_rect(0, 0, width, height).await?;
        Ok(())
    }

    /// Keeps a picture of the window.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        let folder = target_folder().join("pictures");
        std::fs::create_dir_all(&folder)?;
        let rect = self.session().get_window_rect().await?;
        // Two frames, so that what was last changed is painted, and nothing still fades in.
        let script = "const done = arguments[arguments.length - 1];
            const still = () => document.getAnimations()
                .filter(animation => animation.effect?.getComputedTiming().iterations !== Infinity)
                .every(animation => animation.playState !== 'running');
            const look = () => requestAnimationFrame(still() ? () => done(true) : look);
            requestAnimationFrame(() => requestAnimationFrame(look));";
        self.session().execute_async(script, Vec::new()).await?;
        self.driver
            .picture(&folder.join(format!("{name}.png")), rect.width, rect.height)?;
        Ok(())
    }

    /// The colour in the middle of an element, as it stands on the screen.
    pub(crate) async fn colour_of(&self, element: &WebElement) -> Result<[u8; 3]> {
        let script = "const box = arguments[0].getBoundingClientRect();
            return [(box.left + box.right) / 2, (box.top + box.bottom) / 2].map(Math.round)";
        let middle = self.session().execute(script, vec![element.to_json()?]).await?;
        let (x, y): (u32, u32) = middle.convert()?;
        let file = tempfile::Builder::new().suffix(".png").tempfile()?;
        let rect = self.session().get_window_rect().await?;
        self.driver.picture(file.path(), rect.width, rect.height)?;
        let screen = image::open(file.path())?.to_rgb8();
        let pixel = screen.get_pixel_checked(x, y).context("a place on the screen")?;
        Ok(pixel.0)
    }

    /// Keeps a picture of a window that lacks something, and tells its words.
    async fn what_stood_there(&self, lacks: &str) -> String {
        let name: String = lacks
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        self.picture(&format!("failed-{name}")).await.ok();
        let script = "return `${location.pathname}: ${document.body.innerText.slice(0, 600)}`";
        match self.session().execute(script, Vec::new()).await {
            Ok(words) => words.convert().unwrap_or_default(),
            Err(error) => format!("and the driver says {error}"),
        }
    }

    /// Ends the app at once, as a crash or a power cut does.
    pub(crate) fn kill(self) -> Result<PathBuf> {
        let pid = app_process(&self.profile).context("no process of the app")?;
        let status = std::process::Command::new("kill")
            .args(["-9", &pid.to_string()])
            .status()?;
        anyhow::ensure!(status.success(), "kill -9 {pid}");
        Ok(self.profile.clone())
    }

    /// Closes the window as a person does.
    pub(crate) async fn close(self) -> Result<PathBuf> {
        let Self { driver, profile } = self;
        driver.session.clone().quit().await?;
        drop(driver);
        Ok(profile)
    }
}

fn downloads(profile: &Path) -> PathBuf {
    profile.with_extension("downloads")
}

/// A folder of settings beside the profile, where the desktop says where downloads go.
fn own_folders(profile: &Path) -> Result<String> {
    let config = profile.with_extension("config");
    std::fs::create_dir_all(&config)?;
    let told = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads(profile).display());
    std::fs::write(config.join("user-dirs.dirs"), told)?;
    Ok(config.to_string_lossy().into_owned())
}

/// Role or label of an element: `GET /session/{id}/element/{id}/computedrole`.
#[derive(Debug)]
struct Computed {
    element: String,
    what: &'static str,
}

impl ExtensionCommand for Computed {
    fn parameters_json(&self) -> Option<serde_json::Value> {
        None
    }

    fn method(&self) -> http::Method {
        http::Method::GET
    }

    fn endpoint(&self) -> std::sync::Arc<str> {
        format!("/element/{}/{}", self.element, self.what).into()
    }
}
