/** The text as Terraform is to keep it: a template's syntax (`${…}`, `%{…}`) stays as it is, but for CDKTF's tokens. */
export const literal = (text: string): string => text.replace(/[$%](?=\{(?!TfToken\[))/g, (sign) => sign + sign);
