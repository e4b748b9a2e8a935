//! `settings`: every setting there is, by its name in the contract.

use nous_api::requests::SetSettingsRequest;
use nous_api::{App, settings};
use serde_json::{Map, Value, json};

use crate::arguments::SettingsCommand;
use crate::exit::Failure;
use crate::output::Output;

/// Prints settings, one a line, or changes one and prints what it is now.
pub(crate) async fn run(app: &App, command: SettingsCommand, output: Output) -> Result<(), Failure> {
    match command {
        SettingsCommand::Get { key: None } => {
            for (key, value) in all(app).await? {
                output.line(&json!({ "key": key, "value": value }))?;
            }
            Ok(())
        }
        SettingsCommand::Get { key: Some(key) } => print(&key, &all(app).await?, output),
        SettingsCommand::Set { key, value } => {
            let request = change(&key, known(&key, &all(app).await?)?, &value)?;
            settings::set_settings(app, request).await?;
            print(&key, &all(app).await?, output)
        }
    }
}

/// Every setting and its value.
pub(crate) async fn all(app: &App) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(settings::get_settings(app).await?) {
        Ok(Value::Object(all)) => Ok(all),
        Ok(_) | Err(_) => Err(Failure::new(
            crate::exit::ExitCode::Other,
            "Settings have another form.",
        )),
    }
}

fn known<'a>(key: &str, all: &'a Map<String, Value>) -> Result<&'a Value, Failure> {
    all.get(key).ok_or_else(|| {
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        Failure::usage(format!(
            "There is no setting {key:?}. There are: {}.",
            names.join(", ")
        ))
    })
}

fn print(key: &str, all: &Map<String, Value>, output: Output) -> Result<(), Failure> {
    let value = known(key, all)?;
    Ok(output.line(&json!({ "key": key, "value": value }))?)
}

/// What to ask for. `now`: the present value, which says what form values have.
fn change(key: &str, now: &Value, value: &str) -> Result<SetSettingsRequest, Failure> {
    let refused = || Failure::usage(format!("{value:?} is no value of {key}."));
    let typed = match now {
        Value::Bool(_) => Value::Bool(switch(value).ok_or_else(refused)?),
        Value::String(_) => Value::from(value),
        _ => Value::from(value.parse::<u32>().map_err(|_| refused())?),
    };
    serde_json::from_value(json!({ key: typed })).map_err(|_| refused())
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "on" | "true" => Some(true),
        "off" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_form_of_its_setting() {
        let on = change("readReceipts", &json!(false), "on").map(|change| change.read_receipts);
        assert!(matches!(on, Ok(Some(true))));
        let size = change("textSizePercent", &json!(100), "125").map(|change| change.text_size_percent);
        assert!(matches!(size, Ok(Some(125))));
        assert!(change("theme", &json!("system"), "dark").is_ok());
        for (key, now, value) in [
            ("readReceipts", json!(false), "perhaps"),
            ("textSizePercent", json!(100), "big"),
            ("theme", json!("system"), "pink"),
        ] {
            assert!(change(key, &now, value).is_err(), "{key} {value}");
        }
    }
}
