//! Pictures that look and weigh like photos: light that changes slowly, round things, grain.

use image::{Rgb, RgbImage};
use nous_media::pictures::pixels;

use super::texts::Numbers;

/// As large as the small pictures that screens show.
const SIZES: [(u32, u32); 4] = [(640, 480), (480, 640), (640, 360), (640, 640)];
/// How many round things there are.
const DISCS: u32 = 4;
/// The grain makes a place so much lighter at most.
const GRAIN: u32 = 24;
const QUALITY: u8 = 80;

/// Width and height of the picture of this number.
pub(super) const fn size(number: u32) -> (u32, u32) {
    SIZES[number as usize % SIZES.len()]
}

/// Something round.
struct Disc {
    x: u32,
    y: u32,
    radius: u32,
    light: u32,
}

impl Disc {
    fn by_chance(numbers: &mut Numbers, (width, height): (u32, u32)) -> Self {
        Self {
            x: numbers.below(width),
            y: numbers.below(height),
            radius: 20 + numbers.below(120),
            light: 10 + numbers.below(50),
        }
    }

    /// How much lighter it makes a place.
    const fn light_at(&self, x: u32, y: u32) -> u32 {
        let away = self.x.abs_diff(x).pow(2) + self.y.abs_diff(y).pow(2);
        if away < self.radius.pow(2) { self.light } else { 0 }
    }
}

/// The picture of this number as a JPEG; `None` if the library refuses.
pub(super) fn jpeg(number: u32, numbers: &mut Numbers) -> Option<Vec<u8>> {
    let (width, height) = size(number);
    let corners = [(); 4].map(|()| [(); 3].map(|()| 20 + numbers.below(160)));
    let discs: Vec<Disc> = (0..DISCS)
        .map(|_| Disc::by_chance(numbers, (width, height)))
        .collect();
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let light = numbers.below(GRAIN) + discs.iter().map(|disc| disc.light_at(x, y)).sum::<u32>();
        let channel = |at: usize| {
            let [a, b, c, d] = corners.map(|corner| corner[at]);
            let (above, below) = (mix(a, b, x, width), mix(c, d, x, width));
            u8::try_from(mix(above, below, y, height) + light).unwrap_or(u8::MAX)
        };
        Rgb([channel(0), channel(1), channel(2)])
    });
    pixels::jpeg(&picture, QUALITY)
}

/// What is between two values, `at` on a way of `length` from the first to the second.
const fn mix(from: u32, to: u32, at: u32, length: u32) -> u32 {
    (from * (length - at) + to * at) / length
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_picture_is_the_same_each_time_and_weighs_as_much_as_one() {
        let one = jpeg(1, &mut Numbers::new(1)).unwrap();
        assert_eq!(Some(&one), jpeg(1, &mut Numbers::new(1)).as_ref());
        assert_ne!(Some(&one), jpeg(1, &mut Numbers::new(2)).as_ref());
        assert!((8_000..400_000).contains(&one.len()), "{} bytes", one.len());
        let shown = image::load_from_memory(&one).unwrap();
        assert_eq!((shown.width(), shown.height()), size(1));
    }

    #[test]
    fn what_is_between_two_values_goes_from_one_to_the_other() {
        assert_eq!([0, 5, 9].map(|at| mix(10, 110, at, 10)), [10, 60, 100]);
    }
}
