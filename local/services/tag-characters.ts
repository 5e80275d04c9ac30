/** What keys and values of tags consist of (Tagging AWS Resources User Guide, "Tag naming limits and requirements"). */
export const areTagCharacters = (text: string): boolean => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text);
