//! `help`: topics and commands, and what is neither.

use crate::kit::Home;

#[test]
fn help_lists_the_topics_and_prints_each() {
    let home = Home::empty();
    let list = home.run(&["help"]).with(0);
    assert_eq!(list.err, "");
    let topics: Vec<&str> = list.out.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert!(topics.len() >= 9, "{list:?}");
    for topic in topics {
        let (name, title) = topic.split_once(' ').unwrap();
        let printed = home.run(&["help", name]).with(0);
        let title = title.trim().to_uppercase();
        assert!(printed.out.starts_with(&format!("{title}\n")), "{title}: {printed:?}");
        assert!(printed.out.lines().count() > 10 && printed.err.is_empty(), "{printed:?}");
    }
    // Without a configuration, and with one that cannot be read.
    home.configure("nonsense");
    home.run(&["help", "configuration"]).with(0);
}

#[test]
fn help_prints_the_flags_of_a_command() {
    let home = Home::empty();
    let walk = home.run(&["help", "order", "walk"]).with(0);
    assert!(walk.out.contains("Usage: pxdesk order walk") && walk.out.contains("--until"), "{walk:?}");
    assert!(home.run(&["help", "order"]).with(0).out.contains("resolve"));
    let both = home.run(&["help", "sandbox"]).with(0).out;
    assert!(
        both.contains("/_sandbox/clock") && both.contains("Usage: pxdesk sandbox"),
        "a topic and a command"
    );
}

#[test]
fn what_is_neither_topic_nor_command_names_the_nearest() {
    let home = Home::empty();
    for (words, nearest) in [
        (vec!["help", "configuraton"], "`configuration`"),
        (vec!["help", "exit"], "`exit-status`"),
        (vec!["help", "doctr"], "`doctor`"),
        (vec!["help", "order", "wlak"], "`walk`"),
    ] {
        let refused = home.run(&words).with(2);
        assert!(refused.err.contains(nearest) && refused.out.is_empty(), "{words:?}: {refused:?}");
    }
    // A word that is like nothing is not said to be meant for something.
    for words in [["help", "nope"], ["help", "zzz"]] {
        let refused = home.run(&words).with(2);
        assert!(!refused.err.contains("Did you mean"), "{refused:?}");
        assert!(refused.err.contains("lists the topics"), "{refused:?}");
    }
}

#[test]
fn the_help_and_the_manual_page_name_the_topics() {
    let home = Home::empty();
    for words in [["--help"], ["man"]] {
        let printed = home.run(&words).with(0).out;
        assert!(printed.contains("help TOPIC"), "{printed}");
        for topic in ["configuration", "doubt", "reliability"] {
            assert!(printed.contains(topic), "{words:?}: {topic}");
        }
    }
}
