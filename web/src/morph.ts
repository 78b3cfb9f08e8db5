// Brings a part of the page to how a newer page has it, by the smallest changes: what stays is the same node, so it keeps focus, scroll,
// selection and what the reader has folded open. In: the part, the newer one, ids of parts that are a script's own.
// The newer part comes from where the page came from; it was parsed without running anything, and no script in it will.
const OWN_ATTRIBUTES = ['open', 'hidden']; // the reader's, or the script's

function attributes(old: Element, fresh: Element): void {
  const marked = old.classList.contains('is-target');
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN_ATTRIBUTES.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (!OWN_ATTRIBUTES.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (marked) old.classList.add('is-target');
}

const idOf = (node: Node | null): string => (node instanceof Element ? node.id : '');

// The old node that becomes `fresh`: the one of its id, else the next of its kind.
function partner(fresh: Node, next: Node | null, byId: Map<string, Element>): Node | null {
  if (idOf(fresh) !== '') return byId.get(idOf(fresh)) ?? null;
  return next !== null && next.nodeName === fresh.nodeName && idOf(next) === '' ? next : null;
}

export function morph(old: Element, fresh: Element, own: ReadonlySet<string>): void {
  if (own.has(old.id) || old.isEqualNode(fresh)) return;
  attributes(old, fresh);
  const byId = new Map([...old.children].filter((child) => child.id !== '').map((child) => [child.id, child]));
  const staying = new Set([...fresh.children].map((child) => child.id));
  let next = old.firstChild;
  const dropGone = (): void => {
    while (next instanceof Element && next.id !== '' && !staying.has(next.id)) {
      const gone: Element = next;
      next = next.nextSibling;
      gone.remove();
    }
  };
  for (const child of fresh.childNodes) {
    dropGone();
    const same = partner(child, next, byId);
    if (same === null) {
      old.insertBefore(document.importNode(child, true), next);
      continue;
    }
    if (same === next) next = next.nextSibling;
    else old.insertBefore(same, next);
    if (same instanceof Element && child instanceof Element) morph(same, child, own);
    else if (same.nodeValue !== child.nodeValue) same.nodeValue = child.nodeValue;
  }
  while (next !== null) {
    const gone: ChildNode = next;
    next = next.nextSibling;
    gone.remove();
  }
}
