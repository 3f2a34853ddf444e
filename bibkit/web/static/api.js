// The requests to bibkit. Addresses are relative: the page's own address holds the token.

const STOPPED = "bibkit does not answer: it has ended, or Ctrl-C was pressed. All answers so far are kept; run the command again to go on.";

async function asked(address, options) {
  let response;
  try {
    response = await fetch(`api/${address}`, options);
  } catch {
    throw new Error(STOPPED);
  }
  const found = await response.json().catch(() => ({ error: `an answer that is no JSON (${response.status})` }));
  if (!response.ok) throw new Error(found.error);
  return found;
}

export function get(address) {
  return asked(address);
}

export function post(address, value = {}) {
  const headers = { "Content-Type": "application/json" };
  return asked(address, { method: "POST", headers, body: JSON.stringify(value) });
}
