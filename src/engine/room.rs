//! Room for an answer, before its call leaves.

use super::world::Ground;

/// Room for the answer to a call that must not be done twice, for as long as this is kept: so that the answer can be kept
/// outside of the journal even when the disk has filled up meanwhile.
pub(super) struct Room<'w, W: Ground>(Option<&'w W>);

impl<'w, W: Ground> Room<'w, W> {
    /// # Errors
    /// Says why there is none.
    pub(super) fn before(world: &'w W, harms: bool) -> Result<Self, String> {
        let world = Some(world).filter(|_| harms);
        world.map_or(Ok(()), Ground::make_room)?;
        Ok(Self(world))
    }
}

impl<W: Ground> Drop for Room<'_, W> {
    fn drop(&mut self) {
        if let Some(world) = self.0 {
            world.spare_room();
        }
    }
}
