//! What the registration's desk keeps.

use super::draft::Draft;
use super::news::Ran;
use super::snapshot::{Key, Snapshot};
use crate::kind::Timestamp;
use crate::registry::{Change, Collection, ContractId, PairId, Plan, ProviderId};
use tui_input::Input;

/// What does not change while the desk is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationSetup {
    /// The contract that is looked after.
    pub contract: ContractId,
}

/// How far the contract was listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// True once the desk was opened: nothing is listed before that.
    pub opened: bool,
    /// True while a listing is on its way.
    pub under_way: bool,
    /// Why the last listing did not come, and what to do next.
    pub problem: Option<String>,
    /// The plan whose run ended since the last listing: what it did was nobody else.
    pub after: Option<Plan>,
}

/// A plan that is being applied, or was.
#[derive(Clone, Debug)]
pub struct Run {
    pub plan: Plan,
    pub done: usize,
    /// Until when nothing is sent at the latest, and why.
    pub waiting: Option<(Timestamp, String)>,
    /// A person asked to stop.
    pub stopping: bool,
    /// None while it is under way.
    pub ended: Option<Ran>,
    /// Something of the draft was taken back since it began: somebody else changed what it was about.
    pub taken_back: bool,
    /// The line of the result at which the screen begins.
    pub top: usize,
}

/// The registration's desk.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The list in front; that of the pairs is the matrix.
    pub list: Collection,
    /// What was listed last.
    pub here: Option<Snapshot>,
    pub draft: Draft,
    /// What was listed when the draft was last held to it, while what is there contradicts itself.
    pub base: Option<Snapshot>,
    /// What leads from the one to the other; none where nothing can be planned.
    pub plan: Option<Plan>,
    pub reading: Reading,
    /// The applications and the customers that are shown, in order.
    pub applications: Vec<ProviderId>,
    pub customers: Vec<ProviderId>,
    /// The chosen row of each list, and the first one in sight.
    pub selected: [usize; 3],
    pub top: [usize; 3],
    /// The chosen application of the matrix.
    pub column: usize,
    pub filter: Input,
    pub filtering: bool,
    /// The plan that is being applied, or whose result is still to be looked at.
    pub run: Option<Run>,
    /// The renamings of earlier runs of this desk: a list may be behind, and nobody else did them.
    pub renamed: Vec<Change>,
    /// True once the person has said that changes of this session are to be real.
    pub live: bool,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            list: Collection::Applications,
            here: None,
            draft: Draft::default(),
            base: None,
            plan: None,
            reading: Reading::default(),
            applications: Vec::new(),
            customers: Vec::new(),
            selected: [0; 3],
            top: [0; 3],
            column: 0,
            filter: Input::default(),
            filtering: false,
            run: None,
            renamed: Vec::new(),
            live: false,
        }
    }
}

impl Registration {
    /// The collection that the rows of the list in front are of.
    pub fn rows_of(&self) -> Collection {
        match self.list {
            Collection::Applications => Collection::Applications,
            Collection::Customers | Collection::Pairs => Collection::Customers,
        }
    }

    /// The rows of the list in front.
    pub fn rows(&self) -> &[ProviderId] {
        match self.list {
            Collection::Applications => &self.applications,
            Collection::Customers | Collection::Pairs => &self.customers,
        }
    }

    /// The chosen row.
    pub fn key(&self) -> Option<Key> {
        let id = self.rows().get(self.selected[self.list as usize])?;
        Some((self.rows_of(), id.clone()))
    }

    /// The chosen pair of the matrix.
    pub fn pair(&self) -> Option<PairId> {
        let customer = self.customers.get(self.selected[Collection::Pairs as usize])?.clone();
        Some(PairId { customer, application: self.applications.get(self.column)?.clone() })
    }

    /// True while a plan is being applied.
    pub fn is_applying(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.ended.is_none())
    }

    /// What was listed, where it can be changed now.
    pub fn editable(&self) -> Option<&Snapshot> {
        self.here.as_ref().filter(|here| here.findings.is_empty() && !self.is_applying())
    }

    /// The plan, where it changes something.
    pub fn pending(&self) -> Option<&Plan> {
        self.plan.as_ref().filter(|plan| !plan.is_empty())
    }

    /// Makes the plan anew.
    pub fn replan(&mut self) {
        let here = self.here.as_ref().filter(|here| here.findings.is_empty());
        self.plan = here.and_then(|here| Plan::new(&self.draft.desired(here)?, &here.listing).ok());
    }
}
