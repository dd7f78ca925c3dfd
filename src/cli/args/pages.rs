//! What is made of the flags: completions and manual pages.

use super::Args;
use crate::session::{Exit, Failed};
use clap::CommandFactory as _;

/// Prints the completions for `shell`.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Failed> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "pxdesk", &mut script);
    crate::cli::console::write_stdout(&script)
}

/// Prints the manual page of the command that `words` name; of the whole program where they are none.
pub fn man(words: &[String]) -> Result<Exit, Failed> {
    let mut whole = Args::command();
    whole.build();
    let mut of = &whole;
    for word in words {
        of = of.find_subcommand(word).ok_or_else(|| {
            let what = format!("`{}` is not a command; `pxdesk --help` lists them", words.join(" "));
            Failed::new(Exit::BadInput, what)
        })?;
    }
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(of.clone()).render(&mut page);
    rendered.map_err(|e| Failed::new(Exit::Unexpected, format!("cannot make the manual page: {e}")))?;
    crate::cli::console::write_stdout(with_headings(&String::from_utf8_lossy(&page)).as_bytes())
}

/// The page with headings that say what stands at its end: the crate calls all of it EXTRA.
fn with_headings(page: &str) -> String {
    page.replacen("\n.SH EXTRA\n", "\n.SH TOPICS\n", 1).replacen(
        "\nExit status: ",
        "\n.SH \"EXIT STATUS\"\n",
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_page_names_what_stands_at_its_end() {
        let mut page = Vec::new();
        clap_mangen::Man::new(Args::command()).render(&mut page).unwrap();
        let page = with_headings(&String::from_utf8(page).unwrap());
        let end = page.find("\n.SH TOPICS\nTopics, printed by ").unwrap();
        assert!(page[end..].contains("\n.SH \"EXIT STATUS\"\n0 done, "), "{page}");
        assert!(!page.contains("EXTRA"), "{page}");
    }
}
