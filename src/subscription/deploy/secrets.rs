//! Which names are those of passwords, keys and the like: what they hold is passed on to nobody and shown to nobody.

/// A name of which any word is one of these holds a secret; also in the plural.
const WORDS: [&str; 13] = [
    "pass",
    "pw",
    "pin",
    "secret",
    "token",
    "credential",
    "senha",
    "password",
    "passwd",
    "passwort",
    "kennwort",
    "pwd",
    "contrasena",
];
/// The same where it is only a part of a word, as in `userpassword`: no other word has these in it.
const PARTS: [&str; 11] = [
    "password",
    "passwd",
    "passwort",
    "kennwort",
    "passphrase",
    "passcode",
    "pwd",
    "contraseña",
    "contrasena",
    "motdepasse",
    "resellerkey",
];
/// The same at the end of a word, as in `clientsecret`. A secretary is none.
const ENDS: [&str; 6] = ["secret", "token", "credential", "apikey", "accesskey", "privatekey"];
/// The same where they follow each other.
const TOGETHER: [&[&str]; 4] =
    [&["api", "key"], &["access", "key"], &["private", "key"], &["mot", "de", "passe"]];

/// True for a name that holds a secret (version 1 sends passwords, and the partner's own key, D).
pub fn is_password(name: &str) -> bool {
    let whole = name.to_lowercase();
    let words = words(name);
    let is_one = |word: &&str| {
        let one = word.strip_suffix('s').filter(|one| WORDS.contains(one) || ends(one)).unwrap_or(word);
        WORDS.contains(&one) || ends(one)
    };
    let singular = |word: &str, wanted: &str| word == wanted || word.strip_suffix('s') == Some(wanted);
    let follow = |wanted: &&[&str]| {
        let is_there =
            |some: &[String]| some.iter().zip(*wanted).all(|(word, wanted)| singular(word, wanted));
        words.windows(wanted.len()).any(is_there)
    };
    PARTS.iter().any(|part| whole.contains(part))
        || words.iter().map(String::as_str).any(|word| is_one(&word))
        || TOGETHER.iter().any(follow)
}

fn ends(word: &str) -> bool {
    ENDS.iter().any(|end| word.ends_with(end))
}

/// The words of a name in lower case: they end at whatever is no letter, and where a capital begins another one. A letter
/// that is put together of two characters is its first.
fn words(name: &str) -> Vec<String> {
    let is_mark = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let letters: Vec<char> = name.chars().filter(|c| !is_mark(c)).collect();
    let mut words = vec![String::new()];
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = c.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase())
                || before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase()));
        if begins || !c.is_alphabetic() {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_such_a_word_in_it_is_one_and_a_word_that_only_looks_like_it_is_none() {
        for name in [
            "password",
            "Password",
            "adminPassword",
            "userpassword",
            "confirmPass",
            "pass_word",
            "pass-word",
            "pw",
            "initialPw",
            "login_pw",
            "PASSWORT",
            "Kennwort",
            "clientSecret",
            "clientsecret",
            "pass",
            "passwd",
            "pwd",
            "userPwd",
            "PWD2",
            "secret",
            "secrets",
            "PIN",
            "userPIN",
            "pin1",
            "accessToken",
            "accesstoken",
            "tokens",
            "credentials",
            "dbCredential",
            "contraseña",
            "contrasen\u{303}a",
            "contrasena",
            "mot de passe",
            "motDePasse",
            "motdepasse",
            "senha",
            "apiKey",
            "api_key",
            "API_KEYS",
            "apikey",
            "accessKey",
            "privateKey",
            "private-key",
            "passphrase",
            "passcode",
            "resellerkey",
            "PASS1",
            "passwords",
        ] {
            assert!(is_password(name), "{name}");
        }
        for name in [
            "name",
            "email",
            "compass",
            "passenger",
            "spin",
            "shipping",
            "secretary",
            "Rosenhain",
            "key",
            "monkey",
            "apiVersion",
            "keyApi",
            "provisioningId",
            "companyName",
            "passive",
            "bypassed",
            "opinion",
            "",
        ] {
            assert!(!is_password(name), "{name}");
        }
    }
}
