//! The program: everything is in the library, whose first page is the map.

fn main() -> std::process::ExitCode {
    pxdesk::credentials::keep_private();
    pxdesk::files::outlive_limits();
    // A look into the keyring is this program in a process of its own.
    pxdesk::credentials::answer().unwrap_or_else(pxdesk::cli::main)
}
