import * as z from "zod/mini";
import { isRedirect, responseOf, textBody } from "../../contracts/answers";

const response = z.object({ id: z.string() });

// RFC 9110, "Redirection 3xx", and which statuses have no content.
test.each([
  [300, false],
  [301, true],
  [302, true],
  [303, true],
  [304, false],
  [305, false],
  [306, false],
  [307, true],
  [308, true],
  [309, false],
])("whether the status %i leads elsewhere: %s", (status, leads) => {
  expect(isRedirect(status)).toBe(leads);
});

test.each([204, 205, 301, 302, 303, 304, 307, 308])(
  "an answer of the status %i has no body, whatever a route says",
  (status) => {
    expect(responseOf({ response, responses: { [status]: response } }, status)).toBeUndefined();
  },
);

test.each([200, 201, 202, 203, 206, 300, 305])(
  "an answer of the status %i has the body of its status, or the usual one",
  (status) => {
    const own = textBody("text/plain");
    expect(responseOf({ response }, status)).toBe(response);
    expect(responseOf({ response, responses: { [status]: own, 299: response } }, status)).toBe(own);
    expect(responseOf({}, status)).toBeUndefined();
  },
);
