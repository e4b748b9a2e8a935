//! Makes the Rust code of `proto/session.proto`, and the table of its fields that the
//! vector runner reads. `--check`: writes nothing, fails if a file would change.

#![expect(clippy::print_stderr, reason = "a command that reports in text")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use prost_build::Config;
use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{DescriptorProto, FileDescriptorSet};

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    match run(check) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("generated files are out of date: run `cargo xtask codegen`");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(check: bool) -> Result<bool, Box<dyn std::error::Error>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let proto = home.join("proto");
    let set = protox::compile([proto.join("session.proto")], [&proto])?;
    let code = rust_code(set.clone())?;
    let table = field_table(&set);
    let files = [
        (home.join("src/wire/protobuf/generated.rs"), code),
        (home.join("../../../tests/conform/schema.rs"), table),
    ];
    let mut same = true;
    for (path, text) in files {
        same &= settle(&path, &text, check)?;
    }
    Ok(same || !check)
}

fn settle(path: &PathBuf, text: &str, check: bool) -> std::io::Result<bool> {
    let same = std::fs::read_to_string(path).is_ok_and(|old| old == text);
    if !same && !check {
        std::fs::write(path, text)?;
    }
    Ok(same)
}

fn rust_code(set: FileDescriptorSet) -> Result<String, Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("nous-codegen-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let made = Config::new().out_dir(&folder).compile_fds(set);
    let code = std::fs::read_to_string(folder.join("session.rs"));
    std::fs::remove_dir_all(&folder)?;
    made?;
    Ok(code?)
}

/// One `const` a message: number, name, kind of each field.
fn field_table(set: &FileDescriptorSet) -> String {
    let mut out = String::from(
        "// Made by `cargo xtask codegen` from proto/session.proto.\n\
         //! Fields of every protobuf message.\n\n\
         use crate::protobuf_json::{Field, Kind};\n\n\
         /// Message name, fields by number.\n\
         #[rustfmt::skip]\n\
         pub(crate) const MESSAGES: &[(&str, &[Field])] = &[\n",
    );
    for message in set.file.iter().flat_map(|file| &file.message_type) {
        let _ = writeln!(out, "    ({:?}, &[", message.name());
        for field in &message.field {
            let repeated = field.label() == Label::Repeated;
            let kind = match field.r#type() {
                Type::String => "Kind::Text".to_owned(),
                Type::Bytes => "Kind::Bytes".to_owned(),
                Type::Bool => "Kind::Bool".to_owned(),
                Type::Int64 => "Kind::Signed".to_owned(),
                Type::Message => format!("Kind::Message({:?})", last(field.type_name())),
                Type::Enum => format!("Kind::Enum(&{:?})", enum_names(message, last(field.type_name()))),
                _ => "Kind::Number".to_owned(),
            };
            let (number, name) = (field.number(), field.name());
            let _ = writeln!(
                out,
                "        Field {{ number: {number}, name: {name:?}, kind: {kind}, repeated: {repeated} }},"
            );
        }
        out.push_str("    ]),\n");
    }
    out.push_str("];\n");
    out
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn enum_names(message: &DescriptorProto, name: &str) -> Vec<(i32, String)> {
    let all = message.enum_type.iter().filter(|kind| kind.name() == name);
    all.flat_map(|kind| &kind.value)
        .map(|value| (value.number(), value.name().to_owned()))
        .collect()
}
