//! Lays out the released program: what a start runs lies side by side (`start.ld`), so that a start maps 5 MB of the
//! program's 21 MB instead of 9.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=assets/link");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux")
        && env::var("PROFILE").is_ok_and(|profile| profile == "release")
        && !another_linker_was_chosen()
    {
        let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bins=-T{folder}/assets/link/start.ld");
    }
}

/// GNU ld and lld take the script; of others it is not known.
fn another_linker_was_chosen() -> bool {
    env::var_os("RUSTC_LINKER").is_some()
        || env::var("CARGO_ENCODED_RUSTFLAGS")
            .is_ok_and(|flags| flags.contains("linker") || flags.contains("fuse-ld"))
}
