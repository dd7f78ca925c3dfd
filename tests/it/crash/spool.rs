//! The disk is full from just after a Complete's intent on: its answer is in the journal once there is room.

use super::scene::{FILES, SCENES, Stage};
use super::strace::{self, Fault};
use crate::kit::{Sandbox, skip};
use std::fs;

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
            let id = command.get_args().nth(2).unwrap().to_str().unwrap().to_owned();
            let ended = strace::with_fault(&command, point, Fault::EnospcForGood, stage.home.path());
            (ended.status != Some(0)).then_some((stage, id, ended))
        })
        .expect("a disk that is full is noticed");
    assert_eq!(ended.status, Some(6), "{}", ended.err);
    let told = ["completed, order number", "not yet recorded here", "do not send this again"];
    assert!(told.iter().all(|words| ended.err.contains(words)), "{}", ended.err);
    let folder = stage.home.path().join(".local/state/pxdesk/spool");
    let kept = || fs::read_dir(&folder).unwrap().count();
    assert_eq!(kept(), 1);

    // An answer that was damaged is not passed over in silence.
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let shown = stage.home.run(&["order", "show", &id]);
    assert!(shown.err.contains("was kept on this machine") && shown.err.contains("damaged"), "{shown:?}");
    fs::write(&file, whole).unwrap();

    let shown = stage.home.show(&id);
    assert_eq!(shown["state"], "completed", "{shown}");
    assert!(shown["orderNumber"].is_string(), "{shown}");
    assert_eq!((kept(), stage.completes()), (0, (1, 1)));
    stage.home.verifies();
}
