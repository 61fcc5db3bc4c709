//! Texts as agents send and get them, and secrets to look for in them; the same in every run.

/// The bytes of one document.
pub const DOCUMENT: usize = 4_096;

/// How many bytes come before the next registered secret, and before the next personal data.
const SECRET_EVERY: usize = 20_000;
const PERSONAL_EVERY: usize = 4_000;

const WORDS: &str = "the deployment of web shop went well and nobody noticed anything while our team kept a \
    close eye on latency because its limit was reached before customers from Berlin to Lyon asked for tokens \
    again so we restarted every container moved traffic back checked passwords policy then wrote this report";

const CODE: [&str; 8] = [
    "    let total = items.iter().map(|item| item.price * item.count).sum::<u64>();",
    "    if (request.method !== 'POST') { return response.status(405).end(); }",
    "def handle(self, event: dict, context=None) -> Response:",
    "        return [row for row in rows if row.state in {\"open\", \"held\"}]",
    "SELECT o.id, o.total FROM orders o JOIN users u ON u.id = o.user_id WHERE o.state = 'paid';",
    "    # the key of the cache is the path, not the whole address",
    "kubectl -n production rollout status deployment/web --timeout=120s",
    "\t\tif err := client.Do(ctx, req, &resp); err != nil { return fmt.Errorf(\"do: %w\", err) }",
];

/// The same numbers in every run.
#[derive(Debug)]
pub struct Dice(u64);

impl Default for Dice {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Dice {
    /// A number below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn of<'a, T: ?Sized>(&mut self, some: &[&'a T]) -> &'a T {
        some[self.below(some.len())]
    }

    /// So many characters of `letters`.
    pub fn letters(&mut self, letters: &[u8], count: usize) -> String {
        (0..count).map(|_| char::from(letters[self.below(letters.len())])).collect()
    }
}

/// Letters of base64, and those of hex.
pub const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const HEX: &[u8] = b"0123456789abcdef";

/// Secrets of 8 to 64 characters.
#[must_use]
pub fn secrets(count: usize) -> Vec<String> {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    (0..count).map(|at| dice.letters(BASE64, 8 + at % 57)).collect()
}

/// About `bytes` of logs, JSON, code, prose and blobs, in documents, with one of `secrets` every 20 KB
/// and a mail or network address every 4 KB.
#[must_use]
pub fn mixed(bytes: usize, secrets: &[String]) -> Vec<String> {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let (mut text, mut secret, mut personal) = (String::new(), SECRET_EVERY / 2, PERSONAL_EVERY / 2);
    while text.len() < bytes {
        let length = 600 + dice.below(2_400);
        let kind = dice.below(5);
        let end = text.len() + length;
        while text.len() < end {
            match kind {
                0 => log(&mut dice, &mut text),
                1 => json(&mut dice, &mut text),
                2 => text.push_str(dice.of(&CODE)),
                3 => prose(&mut dice, &mut text),
                _ => text.push_str(&dice.letters(BASE64, 76)),
            }
            text.push('\n');
            if text.len() > secret && !secrets.is_empty() {
                secret += SECRET_EVERY;
                text.push_str(&secrets[dice.below(secrets.len())]);
            }
            if text.len() > personal {
                personal += PERSONAL_EVERY;
                text.push_str(dice.of(&[" mail ann.bell@example.com ", " from 10.0.31.17 "]));
            }
        }
    }
    let pieces = text.as_bytes().chunks(DOCUMENT);
    pieces.map(|piece| String::from_utf8_lossy(piece).into_owned()).collect()
}

fn log(dice: &mut Dice, text: &mut String) {
    let level = dice.of(&["INFO", "WARN", "DEBUG", "ERROR"]);
    let path = dice.of(&["/v1/orders", "/healthz", "/v1/users/login", "/static/app.js"]);
    let (second, port, took) = (dice.below(60), dice.below(60_000), dice.below(900));
    let id = dice.letters(HEX, 32);
    text.push_str(&format!(
        "2026-11-27T16:44:{second:02}.{took:03}Z {level} gate[{port}]: web-{second} GET {path}?page={second} \
        200 {took}ms trace={id}"
    ));
}

fn json(dice: &mut Dice, text: &mut String) {
    let (order, count) = (dice.below(900_000), dice.below(40));
    let word = word(dice);
    text.push_str(&format!(
        "{{\"id\": {order}, \"kind\": \"order\", \"note\": \"{word} \\\"{word}\\\"\\n\", \"count\": {count}, \"price\": \
        {order}.50, \"tags\": [\"{word}\", \"eu-west-{count}\"], \"url\": \"https://shop.example/o/{order}\"}}"
    ));
}

fn prose(dice: &mut Dice, text: &mut String) {
    for _ in 0..14 {
        text.push_str(word(dice));
        text.push_str(if dice.below(9) == 0 { ", " } else { " " });
    }
    text.push_str("done. ");
}

fn word(dice: &mut Dice) -> &'static str {
    let words: Vec<&'static str> = WORDS.split_ascii_whitespace().collect();
    words[dice.below(words.len())]
}
