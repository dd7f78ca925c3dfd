//! What a request says: values to a method, a path and a form. Pure; the same values give the same bytes.
//!
//! A request holds neither the contract nor the signature: the client adds them when it is sent.

use crate::kind::Digest;
use crate::registry::{Call, Collection, Name, ProviderId, SurrogateId, Verb};
use oauth2::url::form_urlencoded;
use std::fmt;

/// One request to the Registration API, ready to send. `Debug` shows only which call it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Which call it is for.
    pub call: Call,
    /// The object that it is about; none for a list and for a create.
    surrogate: Option<SurrogateId>,
    /// What a create or a modify says; empty otherwise.
    body: String,
}

impl Request {
    /// All objects of a collection. There are no pages (D).
    pub fn list(collection: Collection) -> Self {
        Self::new(Verb::List, collection, None, &[])
    }

    /// One object.
    pub fn get(collection: Collection, surrogate: &SurrogateId) -> Self {
        Self::new(Verb::Get, collection, Some(surrogate), &[])
    }

    /// Removes an object; a customer's pairs go along (D).
    pub fn remove(collection: Collection, surrogate: &SurrogateId) -> Self {
        Self::new(Verb::Remove, collection, Some(surrogate), &[])
    }

    /// A new application.
    pub fn create_application(id: &ProviderId, name: Option<&Name>) -> Self {
        Self::named(Verb::Create, Collection::Applications, None, id, name)
    }

    /// A new customer.
    pub fn create_customer(id: &ProviderId, name: Option<&Name>) -> Self {
        Self::named(Verb::Create, Collection::Customers, None, id, name)
    }

    /// Gives an application to a customer.
    pub fn create_pair(application: &SurrogateId, customer: &SurrogateId) -> Self {
        Self::pair(Verb::Create, None, application, customer)
    }

    /// Renames an application. `id` is its present one: the reference requires it, and another one would change whose
    /// traffic is counted (R).
    pub fn modify_application(surrogate: &SurrogateId, id: &ProviderId, name: &Name) -> Self {
        Self::named(Verb::Modify, Collection::Applications, Some(surrogate), id, Some(name))
    }

    /// Renames a customer; `id` as for an application.
    pub fn modify_customer(surrogate: &SurrogateId, id: &ProviderId, name: &Name) -> Self {
        Self::named(Verb::Modify, Collection::Customers, Some(surrogate), id, Some(name))
    }

    /// Has a pair be of another application or customer (D). Nothing here asks for it: a pair is removed, and another one
    /// created (R).
    pub fn modify_pair(surrogate: &SurrogateId, application: &SurrogateId, customer: &SurrogateId) -> Self {
        Self::pair(Verb::Modify, Some(surrogate), application, customer)
    }

    fn named(
        verb: Verb,
        collection: Collection,
        surrogate: Option<&SurrogateId>,
        id: &ProviderId,
        name: Option<&Name>,
    ) -> Self {
        let (id_member, name_member) = match collection {
            Collection::Customers => ("providerCustomerId", "customerName"),
            Collection::Applications | Collection::Pairs => ("providerApplicationId", "applicationName"),
        };
        let id = [(id_member, id.as_str())];
        let name = name.map(|name| (name_member, name.as_str()));
        let form: Vec<_> = id.into_iter().chain(name).collect();
        Self::new(verb, collection, surrogate, &form)
    }

    fn pair(
        verb: Verb,
        surrogate: Option<&SurrogateId>,
        application: &SurrogateId,
        customer: &SurrogateId,
    ) -> Self {
        let form =
            [("applicationSurrogateId", application.as_str()), ("customerSurrogateId", customer.as_str())];
        Self::new(verb, Collection::Pairs, surrogate, &form)
    }

    fn new(
        verb: Verb,
        collection: Collection,
        surrogate: Option<&SurrogateId>,
        form: &[(&str, &str)],
    ) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        Self { call: Call { verb, collection }, surrogate: surrogate.cloned(), body }
    }

    /// The HTTP method.
    pub fn method(&self) -> &'static str {
        match self.call.verb {
            Verb::List | Verb::Get => "GET",
            Verb::Create => "POST",
            Verb::Modify => "PUT",
            Verb::Remove => "DELETE",
        }
    }

    /// The path below the API's root, such as `customers/5`. Surrogate ids are digits, so nothing in it needs an escape.
    pub fn path(&self) -> String {
        match &self.surrogate {
            None => self.call.collection.name().to_owned(),
            Some(id) => format!("{}/{id}", self.call.collection),
        }
    }

    /// `application/x-www-form-urlencoded`; empty where there is nothing to say.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The hash of what is asked for. Who signs it and when does not change it.
    pub fn digest(&self) -> Digest {
        Digest::of(format!("{} {}\n{}", self.method(), self.path(), self.body).as_bytes())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("call", &self.call).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
