/** What runs in a browser, and looks at the page that is open there. */
export function cutOff(): string[];
export function unnamed(): string[];
export function faint(): string[];
