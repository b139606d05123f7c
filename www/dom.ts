// Finds, creates and changes elements. Data only ever becomes text: nothing here parses HTML.

/** Returns the element with this id. Throws if index.html has none of that type. */
export function find<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) {
    throw new Error(`index.html has no ${kind.name} with the id ${id}`);
  }
  return element;
}

/** Creates an element with properties and children. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Turns a message into nodes, with the parts between backticks as `<code>`. */
export function makeProse(message: string): Node[] {
  return message
    .split("`")
    .map((part, index) =>
      index % 2 === 1 ? make("code", {}, part) : document.createTextNode(part),
    );
}

/** Sets a text only if it differs, because screen readers announce a text again whenever it is set. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
