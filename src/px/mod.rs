//! The room `px`.
