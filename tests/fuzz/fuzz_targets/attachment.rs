#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nous_tests::fuzz::fuzz_attachment(data));
