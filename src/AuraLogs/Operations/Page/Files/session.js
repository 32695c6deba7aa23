// Whether the reader may see log contents, and the token that gives the right to.

const find = id => document.getElementById(id);

export const session = async () => {
  const answer = await fetch("/api/session", { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`/api/session answered ${answer.status}`);
  return answer.json();
};

const begin = async token => {
  const answer = await fetch("/api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
    signal: AbortSignal.timeout(5000),
  });
  if (!answer.ok) throw new Error((await answer.json()).reason);
};

// Asks for the token, and calls back when it was right.
export const askForToken = (reason, granted) => {
  const form = find("right"), token = find("token");
  find("right-reason").textContent = reason;
  find("right-failure").textContent = "";
  if (!form.hidden) return;
  form.hidden = false;
  token.focus();
  form.onsubmit = async event => {
    event.preventDefault();
    try {
      await begin(token.value);
      token.value = "";
      form.hidden = true;
      granted();
    } catch (error) {
      find("right-failure").textContent = error.message;
      token.select();
    }
  };
};
