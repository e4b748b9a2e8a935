//! What a file is, by its first bytes: what its name or its sender says is not believed.

/// How many bytes from the start are looked at.
pub const LOOKED_AT: usize = 4_096;

/// A format, as far as it matters what is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG, also one that moves.
    Png,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// AVIF.
    Avif,
    /// HEIC and its kin.
    Heic,
    /// JPEG XL.
    Jxl,
    /// TIFF, which many raw photographs are too.
    Tiff,
    /// A raw photograph of another kind.
    Raw,
    /// Windows bitmap.
    Bmp,
    /// SVG: a document that may hold programs, never drawn here.
    Svg,
    /// MP3.
    Mp3,
    /// AAC without a container.
    Aac,
    /// MPEG-4 with nothing but sound.
    M4a,
    /// Ogg with sound.
    Ogg,
    /// WAVE.
    Wav,
    /// FLAC.
    Flac,
    /// MPEG-4.
    Mp4,
    /// `QuickTime`.
    QuickTime,
    /// WebM, with or without pictures.
    WebM,
    /// Matroska.
    Matroska,
    /// Ogg with pictures.
    Ogv,
    /// AVI.
    Avi,
    /// PDF.
    Pdf,
    /// ZIP, which office documents are too.
    Zip,
    /// Something that a computer would run.
    Program,
    /// Anything else.
    Other,
}

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A picture that can be drawn here.
    Picture,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Something that runs.
    Program,
    /// A document, or anything else.
    File,
}

impl Format {
    /// What a file of this format is shown as.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::WebP => Family::Picture,
            Self::Mp4 | Self::QuickTime | Self::WebM | Self::Matroska | Self::Ogv | Self::Avi => {
                Family::Video
            }
            Self::Mp3 | Self::Aac | Self::M4a | Self::Ogg | Self::Wav | Self::Flac => Family::Audio,
            Self::Program => Family::Program,
            Self::Avif
            | Self::Heic
            | Self::Jxl
            | Self::Tiff
            | Self::Raw
            | Self::Bmp
            | Self::Svg
            | Self::Pdf
            | Self::Zip
            | Self::Other => Family::File,
        }
    }

    /// Whether it is a photograph that is never written anew here: what it says of where, when and with
    /// what it was taken goes with it.
    #[must_use]
    pub const fn keeps_metadata(self) -> bool {
        matches!(self, Self::Avif | Self::Heic | Self::Jxl | Self::Tiff | Self::Raw)
    }

    /// Its content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::Jxl => "image/jxl",
            Self::Tiff => "image/tiff",
            Self::Raw => "image/x-dcraw",
            Self::Bmp => "image/bmp",
            Self::Svg => "image/svg+xml",
            Self::Mp3 => "audio/mpeg",
            Self::Aac => "audio/aac",
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Wav => "audio/wav",
            Self::Flac => "audio/flac",
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::WebM => "video/webm",
            Self::Matroska => "video/x-matroska",
            Self::Ogv => "video/ogg",
            Self::Avi => "video/x-msvideo",
            Self::Pdf => "application/pdf",
            Self::Zip => "application/zip",
            Self::Program | Self::Other => "application/octet-stream",
        }
    }
}

/// What a file is. `start`: its first bytes, [`LOOKED_AT`] or the whole.
#[must_use]
pub fn format(start: &[u8]) -> Format {
    let start = start.get(..LOOKED_AT).unwrap_or(start);
    picture(start)
        .or_else(|| container(start))
        .or_else(|| sound(start))
        .or_else(|| document(start))
        .unwrap_or(Format::Other)
}

fn at(start: &[u8], place: usize, wanted: &[u8]) -> bool {
    start.get(place..place + wanted.len()) == Some(wanted)
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn picture(start: &[u8]) -> Option<Format> {
    match start {
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Format::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        [b'I', b'I', 0x2a, 0, ..] | [b'M', b'M', 0, 0x2a, ..] => Some(Format::Tiff),
        // Cameras write TIFF with another mark; the place of what follows tells it from a text.
        [b'I', b'I', b'U', 0, ..]
        | [b'I', b'I', b'R', b'O' | b'S', 8, 0, 0, 0, ..]
        | [b'M', b'M', b'O', b'R', 0, 0, 0, 8, ..] => Some(Format::Raw),
        _ if start.starts_with(b"FUJIFILMCCD-RAW") => Some(Format::Raw),
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Some(Format::Jxl),
        // The four bytes after the length are always zero.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Format::Bmp),
        _ => None,
    }
}

fn container(start: &[u8]) -> Option<Format> {
    if at(start, 0, b"RIFF") {
        return match start.get(8..12)? {
            b"WEBP" => Some(Format::WebP),
            b"WAVE" => Some(Format::Wav),
            b"AVI " => Some(Format::Avi),
            _ => None,
        };
    }
    if at(start, 4, b"ftyp") {
        return Some(mpeg4(start.get(8..12)?));
    }
    if at(start, 0, b"OggS") {
        let has_pictures = holds(start, b"\x80theora");
        return Some(if has_pictures { Format::Ogv } else { Format::Ogg });
    }
    if at(start, 0, &[0x1a, 0x45, 0xdf, 0xa3]) {
        let is_webm = holds(start.get(..64).unwrap_or(start), b"webm");
        return Some(if is_webm { Format::WebM } else { Format::Matroska });
    }
    None
}

fn mpeg4(brand: &[u8]) -> Format {
    match brand {
        b"avif" | b"avis" => Format::Avif,
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"mif1" | b"msf1" => {
            Format::Heic
        }
        b"crx " => Format::Raw,
        b"M4A " | b"M4B " => Format::M4a,
        b"qt  " => Format::QuickTime,
        _ => Format::Mp4,
    }
}

fn sound(start: &[u8]) -> Option<Format> {
    match start {
        [b'f', b'L', b'a', b'C', ..] => Some(Format::Flac),
        [b'I', b'D', b'3', ..] => Some(Format::Mp3),
        // Layer 0 is AAC, layer 3 is MP3; a text in UTF-16 looks like layer 1.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some(Format::Aac),
        [0xff, second, third, ..] if second & 0xe6 == 0xe2 && third & 0xf0 != 0xf0 => Some(Format::Mp3),
        _ => None,
    }
}

fn document(start: &[u8]) -> Option<Format> {
    if is_runnable(start) {
        return Some(Format::Program);
    }
    match start {
        [b'%', b'P', b'D', b'F', b'-', ..] => return Some(Format::Pdf),
        [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] => return Some(Format::Zip),
        _ => {}
    }
    let text = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(start)
        .trim_ascii_start();
    let is_svg = text.starts_with(b"<svg") || (text.starts_with(b"<") && holds(text, b"<svg"));
    is_svg.then_some(Format::Svg)
}

fn is_runnable(start: &[u8]) -> bool {
    const STARTS: [&[u8]; 10] = [
        b"\x7fELF",
        b"MZ",
        b"#!",
        // Mach-O in both orders and both widths; the fat form is that of Java classes too.
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"[Desktop Entry]",
        // A shortcut of Windows.
        b"L\0\0\0\x01\x14\x02\0",
    ];
    STARTS.iter().any(|wanted| start.starts_with(wanted))
}

/// How names of files end that a computer would run, or that start something.
const RUNNABLE: [&str; 62] = [
    "apk",
    "app",
    "appimage",
    "bash",
    "bat",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "csh",
    "deb",
    "desktop",
    "dll",
    "dmg",
    "docm",
    "exe",
    "fish",
    "flatpak",
    "flatpakref",
    "flatpakrepo",
    "hta",
    "iso",
    "jar",
    "jnlp",
    "js",
    "jse",
    "ksh",
    "lnk",
    "mjs",
    "msc",
    "msi",
    "msix",
    "pif",
    "pkg",
    "pl",
    "pptm",
    "ps1",
    "ps1xml",
    "psm1",
    "py",
    "pyw",
    "rb",
    "reg",
    "rpm",
    "run",
    "scf",
    "scpt",
    "scr",
    "sh",
    "snap",
    "so",
    "url",
    "vb",
    "vbe",
    "vbs",
    "ws",
    "wsf",
    "wsh",
    "xll",
    "xlsm",
    "zsh",
];

/// Whether opening a file would run something, by its name or by its first bytes.
#[must_use]
pub fn is_program(name: &str, start: &[u8]) -> bool {
    let by_name = name
        .trim_end_matches(['.', ' '])
        .rsplit_once('.')
        .is_some_and(|(_, extension)| {
            let extension = extension.to_ascii_lowercase();
            RUNNABLE.contains(&extension.as_str())
        });
    by_name || is_runnable(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_first_bytes_say() {
        let cases: [(&[u8], Format); 20] = [
            (b"\xff\xd8\xff\xe0", Format::Jpeg),
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"GIF89a", Format::Gif),
            (b"RIFF\0\0\0\0WEBPVP8 ", Format::WebP),
            (b"RIFF\0\0\0\0WAVEfmt ", Format::Wav),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", Format::M4a),
            (b"\0\0\0\x20ftypisom\0\0\0\0", Format::Mp4),
            (b"\0\0\0\x20ftypavif", Format::Avif),
            (b"\0\0\0\x20ftypheic", Format::Heic),
            (b"OggS\0\x02OpusHead", Format::Ogg),
            (b"OggS\0\x02\x80theora", Format::Ogv),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01webm", Format::WebM),
            (b"ID3\x04\0", Format::Mp3),
            (b"\xff\xfb\x90\x64", Format::Mp3),
            (b"\xff\xf1\x50\x80", Format::Aac),
            (b"%PDF-1.7", Format::Pdf),
            (b"PK\x03\x04", Format::Zip),
            (b"\x7fELF\x02", Format::Program),
            (b"#!/bin/sh\n", Format::Program),
            (b"\xff\xfeh\0i\0", Format::Other),
        ];
        for (start, wanted) in cases {
            assert_eq!(format(start), wanted, "{start:?}");
        }
        assert_eq!(format(b""), Format::Other);
    }

    #[test]
    fn photographs_that_are_not_written_anew_are_known_and_texts_are_none() {
        let photographs: [(&[u8], Format); 9] = [
            (b"\0\0\0\x20ftypheic", Format::Heic),
            (b"\0\0\0\x20ftypavif", Format::Avif),
            (b"\0\0\0\x20ftypcrx ", Format::Raw),
            (b"\0\0\0\x0cJXL \r\n\x87\n", Format::Jxl),
            (b"\xff\x0a\x10", Format::Jxl),
            (b"II\x2a\0\x08\0\0\0", Format::Tiff),
            (b"IIRO\x08\0\0\0", Format::Raw),
            (b"IIU\0\x18\0\0\0", Format::Raw),
            (b"FUJIFILMCCD-RAW 0201", Format::Raw),
        ];
        for (start, wanted) in photographs {
            assert_eq!(format(start), wanted, "{start:?}");
            assert!(wanted.keeps_metadata() && wanted.family() == Family::File);
            assert!(wanted.content_type().starts_with("image/"));
        }
        for text in [b"MMORPG: a list".as_slice(), b"IIRO and others", b"IIU"] {
            assert!(!format(text).keeps_metadata());
        }
        // What is written anew, and documents.
        for other in [Format::Jpeg, Format::Png, Format::Bmp, Format::Svg, Format::Pdf] {
            assert!(!other.keeps_metadata());
        }
    }

    #[test]
    fn a_drawing_with_a_script_is_a_file_and_never_a_picture() {
        let drawing = b"\xef\xbb\xbf <?xml version='1.0'?><svg><script>alert(1)</script></svg>";
        assert_eq!(format(drawing), Format::Svg);
        assert_eq!(Format::Svg.family(), Family::File);
    }

    #[test]
    fn what_would_run_is_known_by_its_name_or_by_its_start() {
        assert!(is_program("holiday.JPG.exe", b""));
        assert!(is_program("holiday.exe. ", b""));
        assert!(is_program("holiday.jpg", b"MZ\x90"));
        assert!(is_program("start.desktop", b"x"));
        assert!(!is_program("holiday.jpg", b"\xff\xd8\xff"));
        assert!(!is_program("exe", b"text"));
    }
}
