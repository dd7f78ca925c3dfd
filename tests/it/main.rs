//! x

mod px;
