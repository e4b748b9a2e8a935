#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const ID: &str = "05d3faf474505108c7225706bbb019f618ac2db324bf823f3fd3026319c5737b1c";
const OTHER: &str = "05a275db709c7bbdda03cfeeeb24d7f0359cb7061e552ebc4678fdf39226642144";

fn id(text: &str) -> AccountId {
    AccountId::from_hex(text).unwrap()
}

fn picture(text: &str) -> DynamicImage {
    image::load_from_memory(&png(text).unwrap()).unwrap()
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Not every format has grey pictures.
    let picture = DynamicImage::ImageRgb8(picture.to_rgb8());
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

#[test]
fn what_is_drawn_is_read() {
    assert_eq!(read_file(&png(ID).unwrap()), Ok(vec![id(ID)]));
    assert!(svg(ID).contains("<path d=\"M4 4h1v1h-1z"));
}

#[test]
fn links_that_carry_an_id_and_upper_case_are_read() {
    for text in [
        format!("session:{ID}"),
        format!("https://example.org/u/{ID}?lang=fr"),
        format!("entre-nous:{}", ID.to_uppercase()),
    ] {
        assert_eq!(read_file(&png(&text).unwrap()), Ok(vec![id(ID)]), "{text}");
    }
}

#[test]
fn usual_formats_small_dark_and_transparent_codes_are_read() {
    let code = picture(ID);
    let small = code.resize(200, 200, image::imageops::FilterType::Triangle);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif] {
        assert_eq!(read_file(&file(&code, format)), Ok(vec![id(ID)]), "{format:?}");
    }
    assert_eq!(read_file(&file(&small, ImageFormat::Png)), Ok(vec![id(ID)]));
    let mut dark = code.clone();
    dark.invert();
    assert_eq!(read_file(&file(&dark, ImageFormat::Png)), Ok(vec![id(ID)]));
    let clear = image::RgbaImage::from_fn(code.width(), code.height(), |x, y| {
        let is_dark = code.to_luma8().get_pixel(x, y).0 == [0];
        image::Rgba([0, 0, 0, if is_dark { 255 } else { 0 }])
    });
    let (width, height) = clear.dimensions();
    assert_eq!(read_pixels(width, height, clear.into_raw()), Ok(vec![id(ID)]));
}

#[test]
fn a_code_in_a_large_photograph_is_found() {
    let mut photograph = image::RgbImage::from_pixel(4_000, 3_000, image::Rgb([200, 190, 180]));
    let code = picture(ID)
        .resize(700, 700, image::imageops::FilterType::Triangle)
        .to_rgb8();
    image::imageops::overlay(&mut photograph, &code, 2_600, 1_700);
    let taken = file(&DynamicImage::ImageRgb8(photograph), ImageFormat::Jpeg);
    assert_eq!(read_file(&taken), Ok(vec![id(ID)]));
}

#[test]
fn several_codes_give_each_account_once() {
    let (one, two) = (picture(ID).to_luma8(), picture(OTHER).to_luma8());
    let side = one.width();
    let mut page = GrayImage::from_pixel(3 * side, side, Luma([255]));
    for (at, code) in [(0, &one), (1, &two), (2, &one)] {
        image::imageops::overlay(&mut page, code, i64::from(at * side), 0);
    }
    let found = read_file(&file(&DynamicImage::ImageLuma8(page), ImageFormat::Png)).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&id(ID)) && found.contains(&id(OTHER)));
}

#[test]
fn what_is_wrong_with_a_picture_is_told_apart() {
    assert_eq!(read_file(b"no picture"), Err(QrError::NotAPicture));
    assert_eq!(read_file(&[]), Err(QrError::NotAPicture));
    let cut = png(ID).unwrap();
    assert_eq!(read_file(&cut[..cut.len() / 2]), Err(QrError::NotAPicture));
    assert_eq!(read_file(&vec![0; MAX_FILE_BYTES + 1]), Err(QrError::TooLarge));
    let white = DynamicImage::ImageLuma8(GrayImage::from_pixel(300, 300, Luma([255])));
    assert_eq!(read_file(&file(&white, ImageFormat::Png)), Err(QrError::NoCode));
    assert_eq!(read_file(&png("hello").unwrap()), Err(QrError::NotAnAccountId));
    // A recovery code must never be taken for an address.
    assert_eq!(
        read_file(&png(&"0123456789abcdef".repeat(2)).unwrap()),
        Err(QrError::NotAnAccountId)
    );
    assert_eq!(read_pixels(10, 10, vec![0; 3]), Err(QrError::NotAPicture));
    assert_eq!(read_pixels(u32::MAX, 1, Vec::new()), Err(QrError::TooLarge));
    assert_eq!(read_pixels(0, 0, Vec::new()), Err(QrError::NoCode));
}

/// A PNG that says it is enormous is refused before room is made for it.
#[test]
fn a_picture_that_claims_to_be_enormous_is_refused() {
    let mut file = png(ID).unwrap();
    // Width and height in the header, then its checksum.
    file[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(read_file(&file), Err(QrError::TooLarge));
}

/// The checksum of PNG, for a header of our own making.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32| {
        (0..8).fold(sum, |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (0_u32.wrapping_sub(sum & 1)))
        })
    };
    !bytes.iter().fold(!0, |sum, byte| step(sum ^ u32::from(*byte)))
}
