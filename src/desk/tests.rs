//! The desk's story.
