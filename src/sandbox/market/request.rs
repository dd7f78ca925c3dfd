//! The five requests, as the contract has them.

use super::call::Call;
use super::members::Members;
use rust_decimal::Decimal;

/// The members of a usage report.
const USAGE: [&str; 6] =
    ["providerKey", "customerId", "provisioningId", "productSku", "productId", "usageCount"];

/// A request that fits the contract.
pub enum Request {
    StartBilling(Named),
    Usage(Named, Decimal),
    UsageEnd(Named),
    UpdateSubscription(Updated),
    Tracking(Tracked),
}

/// What names a customer's SKUs.
pub struct Named {
    pub provider_key: String,
    pub customer_id: String,
    pub provisioning_id: String,
    pub product_id: i64,
    pub skus: Vec<String>,
}

/// What v1 says of a subscription.
pub struct Updated {
    pub provider_key: String,
    pub coid: String,
    pub sku: String,
    pub expired: bool,
    pub expired_date: Option<String>,
    pub count: Option<String>,
}

/// A sale on the partner's own site.
pub struct Tracked {
    pub partner_key: String,
    pub service_name: String,
    pub customer_id: String,
    pub purchased_at: String,
}

impl Request {
    /// Reads it; says what does not fit.
    pub fn read(call: Call, members: &Members<'_>) -> Result<Self, String> {
        Ok(match call {
            Call::StartBilling => Self::StartBilling(list(members)?),
            Call::UsageEnd => Self::UsageEnd(list(members)?),
            Call::Usage => {
                members.only(&USAGE)?;
                let sku = members.text("productSku")?;
                Self::Usage(named(members, vec![sku])?, members.count("usageCount")?)
            }
            Call::UpdateSubscription => Self::UpdateSubscription(updated(members)?),
            Call::Tracking => Self::Tracking(tracked(members)?),
        })
    }

    /// The credential in it.
    pub fn key(&self) -> &str {
        match self {
            Self::StartBilling(named) | Self::Usage(named, _) | Self::UsageEnd(named) => &named.provider_key,
            Self::UpdateSubscription(updated) => &updated.provider_key,
            Self::Tracking(tracked) => &tracked.partner_key,
        }
    }
}

fn list(members: &Members<'_>) -> Result<Named, String> {
    members.only(&["providerKey", "customerId", "provisioningId", "productId", "productSkus"])?;
    named(members, members.texts("productSkus")?)
}

fn named(members: &Members<'_>, skus: Vec<String>) -> Result<Named, String> {
    Ok(Named {
        provider_key: members.text("providerKey")?,
        customer_id: members.text("customerId")?,
        provisioning_id: members.text("provisioningId")?,
        product_id: members.integer("productId")?,
        skus,
    })
}

fn updated(members: &Members<'_>) -> Result<Updated, String> {
    members.only(&["coid", "expired", "expired-date", "sku", "count", "providerkey"])?;
    let expired = match members.text("expired")?.as_str() {
        "true" => true,
        "false" => false,
        _ => return Err("expired is neither \"true\" nor \"false\"".to_owned()),
    };
    let expired_date = members.optional_text("expired-date")?;
    if expired_date.as_deref().is_some_and(|date| !is_date(date)) {
        return Err("expired-date is not a date as 2026-11-30".to_owned());
    }
    if expired && expired_date.is_none() {
        return Err("expired-date is missing, and expired is \"true\"".to_owned());
    }
    let count = members.optional_text("count")?;
    if count.as_deref().is_some_and(|count| !is_plain(count)) {
        return Err("count is not a number as \"100.5\"".to_owned());
    }
    Ok(Updated {
        provider_key: members.text("providerkey")?,
        coid: members.text("coid")?,
        sku: members.text("sku")?,
        expired,
        expired_date,
        count,
    })
}

fn tracked(members: &Members<'_>) -> Result<Tracked, String> {
    members.only(&["partnerKey", "serviceName", "customerId", "purchasedAt"])?;
    let purchased_at = members.text("purchasedAt")?;
    if !purchased_at.contains(['T', 't']) || purchased_at.parse::<jiff::Timestamp>().is_err() {
        return Err("purchasedAt is not a time as 2026-11-30T12:00:00Z".to_owned());
    }
    Ok(Tracked {
        partner_key: members.text("partnerKey")?,
        service_name: members.text("serviceName")?,
        customer_id: members.text("customerId")?,
        purchased_at,
    })
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == text)
}

/// Digits, perhaps with a point and more of them.
fn is_plain(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(part)
}
