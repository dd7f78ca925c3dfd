//! The disk is full from just after a Complete's intent on: its answer is in the journal once there is room.

use super::scene::{FILES, SCENES, Stage};
use super::strace::{self, Fault};
use crate::kit::{Sandbox, skip};
use std::fs;

const JOURNAL: &str = ".local/share/pxdesk/pxdesk.db";
const SPOOL: &str = ".local/state/pxdesk/spool";
const LOG: &str = ".local/share/pxdesk/pxdesk.db-wal";

#[test]
fn an_answer_that_a_full_disk_does_not_take_is_recorded_by_the_next_command() {
    if !super::can_trace() {
        return skip("strace, or the right to trace");
    }
    let px = Sandbox::serve(&[]);
    let scene = SCENES.iter().find(|scene| scene.name == "complete").unwrap();
    let counted = Stage::new(&px, "counted-full".to_owned());
    let points = strace::points(&counted.prepare(scene), &FILES, counted.home.path());
    let on_log = points.into_iter().filter(|point| point.call == "pwrite64" && point.file == Some(LOG));
    let mut on_log: Vec<_> = on_log.collect();
    on_log.sort_by_key(|point| point.nth);
    // The last write that the command cannot do without is that of the answer.
    let (stage, id, ended) = on_log
        .iter()
        .rev()
        .find_map(|point| {
            let stage = Stage::new(&px, format!("full-from-{}", point.nth));
            let command = stage.prepare(scene);
            fs::copy(stage.home.path().join(JOURNAL), stage.home.path().join("before.db")).unwrap();
            let id = command.get_args().nth(2).unwrap().to_str().unwrap().to_owned();
            let ended = strace::with_fault(&command, point, Fault::EnospcForGood, stage.home.path());
            (ended.status != Some(0)).then_some((stage, id, ended))
        })
        .expect("a disk that is full is noticed");
    assert_eq!(ended.status, Some(6), "{}", ended.err);
    let told = ["completed, order number", "not yet recorded here", "do not send this again"];
    assert!(told.iter().all(|words| ended.err.contains(words)), "{}", ended.err);
    let folder = stage.home.path().join(SPOOL);
    let kept = || fs::read_dir(&folder).unwrap().count();
    assert_eq!(kept(), 1);

    // An answer that was damaged is not passed over in silence.
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let shown = stage.home.run(&["order", "show", &id]);
    assert!(shown.err.contains("was kept on this machine") && shown.err.contains("damaged"), "{shown:?}");
    fs::write(&file, whole).unwrap();
    an_older_journal_takes_it_before_anything_else(&stage, &id);

    let shown = stage.home.show(&id);
    assert_eq!(shown["state"], "completed", "{shown}");
    assert!(shown["orderNumber"].is_string(), "{shown}");
    assert_eq!((kept(), stage.completes()), (0, (1, 1)));
    stage.home.verifies();
}

/// On another machine, with the journal as it was before the call and the answer that waits for it.
fn an_older_journal_takes_it_before_anything_else(stage: &Stage, id: &str) {
    let (from, other) = (stage.home.path(), stage.another_home());
    let copy = |name: &str, to: &str| {
        let to = other.path().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from.join(name), to).unwrap();
    };
    copy("before.db", JOURNAL);
    let key = JOURNAL.replace(".db", ".key");
    copy(&key, &key);
    for file in fs::read_dir(from.join(SPOOL)).unwrap() {
        let name = format!("{SPOOL}/{}", file.unwrap().file_name().to_str().unwrap());
        copy(&name, &name);
    }
    for end in [&["abandon"][..], &["amend", "--sales-code", "S-9"], &["erase"]] {
        let (command, rest) = end.split_first().unwrap();
        let mut args = vec!["order", *command, id];
        args.extend(rest);
        if *command != "amend" {
            args.extend(["--reason", "no answer came"]);
        }
        let refused = other.run(&args).with(4);
        assert!(refused.err.contains("may have been sent from this machine before"), "{refused:?}");
    }
    let before = stage.completes();
    let walked =
        other.run(&["order", "walk", id, "--method", "verbal", "--read-and-accepted-by", "Ann Okafor"]);
    assert!(walked.out.contains("completed"), "{walked:?}");
    assert_eq!(stage.completes(), before, "{walked:?}");
    assert_eq!(other.show(id)["state"], "completed");
    other.verifies();
}
