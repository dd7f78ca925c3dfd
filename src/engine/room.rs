//! Room for an answer, before its call leaves.

use super::world::Ground;

/// Room for the answer to a call that must not be done twice, for as long as this is kept: so that the answer can be kept
/// outside of the journal even when the disk has filled up meanwhile.
pub(super) struct Room<'w, W: Ground>(Option<&'w W>);

impl<'w, W: Ground> Room<'w, W> {
    pub(super) fn before(world: &'w W, harms: bool) -> Self {
        let world = Some(world).filter(|_| harms);
        if let Some(Err(why)) = world.map(Ground::make_room) {
            tracing::warn!(why, "there may be no room to keep the answer outside of the journal");
        }
        Self(world)
    }
}

impl<W: Ground> Drop for Room<'_, W> {
    fn drop(&mut self) {
        if let Some(world) = self.0 {
            world.spare_room();
        }
    }
}
