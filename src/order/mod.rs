//! The room `order`.
