//! `help`: what stands in `assets/docs`, and the flags of any command.

use super::args::Args;
use super::console::write_stdout;
use super::topics::{TOPICS, topics};
use super::{Exit, Failed};
use clap::CommandFactory as _;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use unicode_width::UnicodeWidthStr as _;

/// The widest line of a text that is filled anew.
const WIDEST: usize = 130;

/// What is less like the word than this was hardly meant by it.
const NEAR: f64 = 0.75;

/// Prints the list of topics, one topic, or the flags of a command. A word that is both gets both.
pub fn run(words: &[String]) -> Result<Exit, Failed> {
    let Some(first) = words.first() else { return write_stdout(list().as_bytes()) };
    let topic = TOPICS.iter().find(|topic| words.len() == 1 && topic.name == first);
    let mut text = topic.map(|topic| plain(topic.text)).unwrap_or_default();
    if let Some(columns) = columns() {
        text = fitted(&text, columns);
    }
    match (topic, of_command(words)) {
        (Some(_), Ok(flags)) => {
            let _ = write!(text, "\nTHE COMMAND\n\n{flags}");
        }
        (None, Ok(flags)) => text = flags,
        (Some(_), Err(_)) => {}
        (None, Err(failed)) => return Err(failed),
    }
    write_stdout(text.as_bytes())
}

fn list() -> String {
    format!(
        "`pxdesk help TOPIC` prints one of these:\n\n{}\n`pxdesk help COMMAND` prints a command's flags; `pxdesk --help` lists the commands.\n",
        topics()
    )
}

/// The flags of the command that `words` lead to.
fn of_command(words: &[String]) -> Result<String, Failed> {
    let mut root = Args::command();
    root.build();
    let mut command = &mut root;
    for word in words {
        let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        let parent = command.get_name().to_owned();
        let known = command.find_subcommand_mut(word);
        command = known.ok_or_else(|| unknown(word, &parent, &names))?;
    }
    Ok(command.render_long_help().to_string())
}

/// Names what comes nearest to a word that is nothing.
fn unknown(word: &str, parent: &str, commands: &[String]) -> Failed {
    let at_root = parent == "pxdesk";
    let topics = TOPICS.iter().map(|topic| topic.name).filter(|_| at_root);
    let nearest = topics
        .chain(commands.iter().map(String::as_str))
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .and_then(|(near, name)| (near >= NEAR).then_some(name));
    let what = if at_root {
        format!("`{word}` is neither a topic nor a command")
    } else {
        format!("`{parent}` has no command `{word}`")
    };
    let next = match nearest {
        Some(nearest) if at_root => format!("Did you mean `{nearest}`? `pxdesk help` lists the topics."),
        Some(nearest) => format!("Did you mean `{nearest}`? `pxdesk help {parent}` lists its commands."),
        None if at_root => "`pxdesk help` lists the topics, and `pxdesk --help` the commands.".to_owned(),
        None => format!("`pxdesk help {parent}` lists its commands."),
    };
    Failed { exit: Exit::BadInput, what, next: Some(next) }
}

/// Markdown as plain text: titles in capitals, no marks. Indented lines are examples and stay as they are.
fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    // What stands between two backticks may go on in the next line.
    let mut code = false;
    for line in markdown.lines() {
        if line.starts_with("    ") {
            text.push_str(line);
        } else if let Some(title) = line.strip_prefix('#') {
            text.push_str(&unmarked(title.trim_start_matches('#').trim(), &mut false).to_uppercase());
        } else {
            code &= !line.is_empty();
            text.push_str(&unmarked(line, &mut code));
        }
        text.push('\n');
    }
    text
}

/// How wide the terminal is; none where the text goes elsewhere.
fn columns() -> Option<usize> {
    let size = std::io::stdout().is_terminal().then(crossterm::terminal::size)?;
    size.ok().map(|(columns, _)| usize::from(columns)).filter(|columns| *columns > 0)
}

/// The text in lines of so many columns at the most. What is indented is an example, and stays as it is.
fn fitted(text: &str, columns: usize) -> String {
    let columns = columns.min(WIDEST);
    let (mut all, mut line) = (String::with_capacity(text.len()), String::new());
    let end = |all: &mut String, line: &mut String| {
        if !line.is_empty() {
            let _ = writeln!(all, "{line}");
            line.clear();
        }
    };
    for source in text.lines() {
        if source.is_empty() || source.starts_with([' ', '|']) {
            end(&mut all, &mut line);
            let _ = writeln!(all, "{source}");
            continue;
        }
        if source.starts_with("- ") {
            end(&mut all, &mut line);
        }
        for word in source.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && line.width() + 1 + word.width() > columns {
                end(&mut all, &mut line);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    end(&mut all, &mut line);
    all
}

/// A line without its marks. What is `code` has none: an asterisk there is a key, or a pattern.
fn unmarked(line: &str, code: &mut bool) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '`' => *code = !*code,
            '*' if !*code => {}
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_a_topic_with_a_title() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/docs");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        let mut names: Vec<String> = TOPICS.iter().map(|topic| format!("{}.md", topic.name)).collect();
        files.sort();
        names.sort();
        assert_eq!(files, names);
        for topic in &TOPICS {
            assert!(topic.text.starts_with("# ") && !topic.title().is_empty(), "{}", topic.name);
        }
    }

    #[test]
    fn plain_text_has_no_marks_but_in_examples() {
        assert_eq!(plain("# A `b`\n\n**c** `d` *e*\n\n    `f` **g**\n"), "A B\n\nc d e\n\n    `f` **g**\n");
        assert_eq!(
            plain("`Space` marks, `*` **too**: `order\n--cause *` *x*\n"),
            "Space marks, * too: order\n--cause * x\n"
        );
    }

    #[test]
    fn no_word_of_a_paragraph_is_broken_in_a_narrow_terminal() {
        for topic in &TOPICS {
            let text = plain(topic.text);
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let narrow = fitted(&text, 80);
            assert_eq!(words(&narrow), words(&text), "{}", topic.name);
            for line in narrow.lines().filter(|line| !line.starts_with([' ', '|']) && line.contains(' ')) {
                assert!(line.width() <= 80, "{}: {line}", topic.name);
            }
            let examples = |text: &str| {
                text.lines().filter(|line| line.starts_with(' ')).map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(examples(&narrow), examples(&text), "{}", topic.name);
        }
        assert_eq!(
            fitted("A B\n\none two\nthree\n\n    x   y\n- a\n- b c\n", 9),
            "A B\n\none two\nthree\n\n    x   y\n- a\n- b c\n"
        );
    }

    #[test]
    fn what_the_documents_point_to_is_there() {
        for topic in &TOPICS {
            for after in topic.text.split("pxdesk help ").skip(1) {
                let name = after.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).next().unwrap();
                assert!(TOPICS.iter().any(|topic| topic.name == name), "{}: {name}", topic.name);
            }
        }
    }
}
