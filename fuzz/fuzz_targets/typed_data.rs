//! Hands libFuzzer's bytes to the target `typed_data`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = portcullis_fuzz::typed_data(bytes);
});
