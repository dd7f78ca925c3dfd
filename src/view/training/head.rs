//! What the top line says of a classroom: where it is, and what lets a trainee in.

use crate::desk::Classroom;

/// The texts, of which the first one that fits is shown.
pub fn of(classroom: &Classroom) -> Vec<String> {
    let (address, code) = (&classroom.address, &classroom.code);
    vec![
        format!("classroom {address} · code {code}"),
        format!("{address} · code {code}"),
        format!("code {code}"),
    ]
}
