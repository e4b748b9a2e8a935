//! Bytes that a window sends as they are, without JSON around them.

use nous_api::{ApiError, ErrorCode};
use specta::Types;
use specta::datatype::DataType;
use specta::function::FunctionArg;
use tauri::Runtime;
use tauri::ipc::{CommandArg, CommandItem, InvokeBody, InvokeError};

/// The whole body of a call: a file that the person chose. Commands that take one have no
/// other argument.
#[derive(Debug)]
pub(crate) struct Body(pub(crate) Vec<u8>);

impl<'de, R: Runtime> CommandArg<'de, R> for Body {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        bytes(command.message.payload())
            .map(Self)
            .map_err(InvokeError::from)
    }
}

fn bytes(body: &InvokeBody) -> Result<Vec<u8>, ApiError> {
    match body {
        InvokeBody::Raw(bytes) => Ok(bytes.clone()),
        // Where the web engine sends no raw bodies, they come as a list of numbers.
        InvokeBody::Json(value) => {
            serde_json::from_value(value.clone()).map_err(|_| ApiError::new(ErrorCode::Unexpected))
        }
    }
}

/// It is no argument by name: the TypeScript side passes it beside them.
impl FunctionArg for Body {
    fn to_datatype(_: &mut Types) -> Option<DataType> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_raw_or_as_numbers() {
        assert_eq!(bytes(&InvokeBody::Raw(vec![1, 255])), Ok(vec![1, 255]));
        assert_eq!(
            bytes(&InvokeBody::Json(serde_json::json!([1, 255]))),
            Ok(vec![1, 255])
        );
        assert!(bytes(&InvokeBody::Json(serde_json::json!({ "a": 1 }))).is_err());
    }
}
