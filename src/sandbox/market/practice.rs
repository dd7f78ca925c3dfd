//! What a trainee starts with: a provider, a product, and three buyers.

use crate::sandbox::clock::{Millis, now};
use serde_json::{Value, json};

/// The provider key of practice, and the only one that the embedded marketplace knows.
pub const PROVIDER_KEY: &str = "PRACTICE-PROVIDER-KEY";
/// What version 1 sends along as the partner's own key.
pub const RESELLER_KEY: &str = "PRACTICE-RESELLER-KEY";
/// The product of practice.
pub const PRODUCT: i64 = 123;
/// Its SKUs: seats, billed when that is reported; storage, by usage, in GB; support, billed at once.
pub const SKUS: [&str; 3] = ["PRACTICE-SEATS", "PRACTICE-STORAGE", "PRACTICE-SUPPORT"];
/// What a practice deploy's id begins with.
const PREFIX: &str = "PRACTICE-";

/// The product's SKUs, as a buyer who takes all of them has them.
pub fn skus() -> Vec<String> {
    SKUS.map(str::to_owned).to_vec()
}

/// Whether this is the id of a practice deploy.
pub fn is_practice(provisioning: &str) -> bool {
    provisioning.starts_with(PREFIX)
}

/// Practice deploys, as the marketplace would send them. Their ids are new at every second, since no id is ever used for
/// a second sale.
pub fn practice_deploys() -> Vec<Value> {
    deploys(now())
}

fn deploys(now: Millis) -> Vec<Value> {
    let [seats, storage, support] = SKUS;
    let buyers = [
        ("ann.okafor@example.com", "AOKF", "Okafor Dental", vec![seats, storage, support]),
        ("luis.ortega@example.com", "LORT", "Ortega & Sons Freight", vec![seats, storage]),
        ("mei.tanaka@example.com", "MTNK", "Tanaka Studio", vec![storage]),
    ];
    let deploy = |(at, (email, alias, company, skus)): (i64, (&str, &str, &str, Vec<&str>))| {
        let number = (now / 1000).rem_euclid(100_000_000) * 10 + at;
        json!({
            "provisioningId": format!("{PREFIX}{number:09}"), "productSkus": skus, "productId": PRODUCT,
            "contactEmail": email, "userAlias": alias, "companyName": company,
        })
    };
    (0..).zip(buyers).map(deploy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deploy_has_an_id_of_its_own_and_skus_of_the_product() {
        let all: Vec<Value> = [1_790_000_000_000, 1_790_000_001_000].into_iter().flat_map(deploys).collect();
        let mut ids: Vec<&str> = all.iter().map(|d| d["provisioningId"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(ids.len() == 6 && ids.iter().all(|id| is_practice(id)), "{ids:?}");
        for deploy in &all {
            assert_eq!(deploy["productId"], PRODUCT);
            assert!(deploy["productSkus"].as_array().unwrap().iter().all(|s| SKUS.iter().any(|k| s == k)));
        }
        assert_eq!(practice_deploys().len(), 3);
    }
}
