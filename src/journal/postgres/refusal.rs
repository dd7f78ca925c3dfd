//! Why something was not recorded, in words for people.

use super::failure::{Failure, RESERVED};
use super::server::Server;
use crate::journal::change::Change;
use crate::journal::error::Error;
use crate::kind::{List, Value};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

impl Server {
    /// Why nothing was recorded. An agent's role destroys no key: that is how PostgreSQL refuses it an erasure.
    pub fn why(&self, failure: Failure, changes: &[Change]) -> Error {
        match failure {
            Failure::Refused(error)
                if *error.code() == SqlState::INSUFFICIENT_PRIVILEGE && changes.iter().any(|c| c.erased) =>
            {
                let why = format!("{RESERVED} erased");
                Error::Reserved { file: self.place.clone(), why }
            }
            other => self.error(other),
        }
    }

    /// Why a change was refused that the statement did nothing for.
    pub async fn refused(&self, change: &Change) -> Error {
        let (kind, thing) = (change.kind, change.id.clone());
        if let Some(error) = self.fenced_off().await {
            return error;
        }
        if change.before.is_some() {
            return Error::Conflict { kind, thing };
        }
        for unique in change.list.unique {
            match self.holder(&change.list, unique.columns, &change.row).await {
                Ok(Some(thing)) => return Error::Taken { field: unique.field, kind, thing },
                Ok(None) => {}
                Err(error) => return error,
            }
        }
        Error::Taken { field: "id", kind, thing }
    }

    /// The thing that has the same values as `row` in these columns.
    async fn holder(&self, list: &List, columns: &[&str], row: &[Value]) -> Result<Option<String>, Error> {
        let mut conditions = Vec::new();
        let mut values: Vec<&(dyn ToSql + Sync)> = Vec::new();
        for (column, value) in list.columns.iter().zip(row).filter(|(c, _)| columns.contains(&c.name)) {
            values.push(value);
            conditions.push(format!("{} = ${}", column.name, values.len()));
        }
        let sql = format!("SELECT id FROM {} WHERE {}", list.table, conditions.join(" AND "));
        let rows = self.rows(&sql, &values).await?;
        rows.first().map(|row| row.try_get(0).map_err(|e| self.error(e.into()))).transpose()
    }
}
