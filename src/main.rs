//! The program: everything is in the library, whose first page is the map.

fn main() -> std::process::ExitCode {
    pxdesk::credentials::keep_private();
    pxdesk::cli::main()
}
