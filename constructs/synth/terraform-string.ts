/** The text as Terraform is to keep it: what looks like a template (`${…}`, `%{…}`) stays as it is. */
export const literal = (text: string): string => text.replace(/[$%](?=\{)/g, (sign) => sign + sign);
