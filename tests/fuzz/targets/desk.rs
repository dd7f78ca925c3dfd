#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pxdesk_fuzz::desk::check(data));
