//! `or`, the move that is as good as a step's own: it is checked as that one is; names, titles, and the clock.

use super::*;

#[test]
fn a_name_is_no_flag_and_a_title_is_one_line() {
    for (from, to, expected) in [
        ("\"good\"", "\"-\"", "1: name: is not small letters"),
        ("\"good\"", "\"--help\"", "1: name: is not small letters"),
        ("title = \"Good\"", "title = \"Good\\nand bad\"", "2: title: is not one line"),
    ] {
        let wrong = wrong_in(&GOOD.replacen(from, to, 1)).join("|");
        assert!(wrong.starts_with(expected), "{to}: {wrong}");
    }
}

#[test]
fn a_clock_that_jumps_at_a_moment_that_never_comes_is_told() {
    let at =
        |when: &str| GOOD.replacen("[[clock]]\nwhen = \"sent\"", &format!("[[clock]]\nwhen = \"{when}\""), 1);
    for when in ["in_doubt", "section 2"] {
        assert_eq!(wrong_in(&at(when)), ["30: clock[1].when: never comes: no step leads there"], "{when}");
    }
    let reads =
        at("section 9").replacen("do = \"send_sms\"", "do = \"read\"\n\n[[step]]\ndo = \"send_sms\"", 1);
    assert_eq!(wrong_in(&reads), ["30: clock[1].when: never comes: the text has 8 sections"]);
    assert_eq!(wrong_in(&at("accepted")), [""; 0]);
}

#[test]
fn the_other_move_of_a_step_is_checked_too() {
    let or = |step: &str, or: &str| {
        let named = format!("do = \"{step}\"\n");
        assert!(GOOD.contains(&named), "{step}");
        GOOD.replacen(&named, &format!("{named}or = \"{or}\"\n"), 1)
    };
    let why = "is not possible here:";
    for (step, other, expected) in [
        ("retrieve", "accepted", format!("35: step[1].or: `accepted` {why} nothing was sent before it")),
        ("retrieve", "retrieve", "35: step[1].or: is the same move as `do`".to_owned()),
        ("retrieve", "correct", "35: step[1].or: `correct` goes with `do` alone".to_owned()),
        ("send_sms", "said_yes", format!("38: step[2].or: `said_yes` {why} nothing was read before it")),
        ("complete", "call_carrier", String::new()),
        ("complete", "probe", format!("44: step[4].or: `probe` {why} no Complete was sent before it")),
        ("completed", "accepted", "52: step[6].or: a run ends with one of completed".to_owned()),
        ("completed", "settle", String::new()),
    ] {
        let wrong = wrong_in(&or(step, other)).join("|");
        assert!(
            wrong.starts_with(&expected) && wrong.is_empty() == expected.is_empty(),
            "{step}, {other}: {wrong}"
        );
    }
    // What whoever takes the other move needs is asked for as well.
    let no_carrier = or("complete", "settle").replace("placed = true\n", "");
    let wrong = wrong_in(&no_carrier);
    assert!(wrong.iter().any(|wrong| wrong.contains("carrier.placed: is missing")), "{wrong:?}");
    // Two steps that each may be done in two ways.
    let both =
        or("send_sms", "read").replacen("do = \"accepted\"\n", "do = \"accepted\"\nor = \"said_yes\"\n", 1);
    assert_eq!(wrong_in(&both), [""; 0]);
}
