// Seals a note to a key of the server's. What comes out can be read by the server alone, not by this phone.
const TIDY_TO = 1024;

function encode(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}

function decode(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

// How long a note is says something of it: spaces fill it up to the next thousand.
function padded(note) {
  const plain = new TextEncoder().encode(JSON.stringify(note));
  const whole = new Uint8Array(Math.ceil(plain.length / TIDY_TO) * TIDY_TO).fill(32);
  whole.set(plain);
  return whole;
}

export async function seal(note, { tag, key }, entry = crypto.randomUUID()) {
  const bound = new TextEncoder().encode(`nsvcs|1|${key.id}|${entry}|${tag}`);
  const rsa = { name: "RSA-OAEP", hash: "SHA-256" };
  const ours = await crypto.subtle.importKey("spki", decode(key.spki), rsa, false, ["encrypt"]);
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const once = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  const how = { name: "AES-GCM", iv: nonce, additionalData: bound };
  const sealed = await crypto.subtle.encrypt(how, once, padded(note));
  const wrapped = await crypto.subtle.encrypt(rsa, ours, raw);
  raw.fill(0);
  return {
    v: 1, key: key.id, key_version: key.version, entry, tag,
    wrapped: encode(wrapped), nonce: encode(nonce), sealed: encode(sealed),
  };
}
