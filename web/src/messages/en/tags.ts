/** Tags of chats. */
export const tags = {
  title: "Tags",
  about: "By which you find “{title}” again.",
  newChat: "New chat",
  none: "It has no tags yet.",
  remove: "Remove {tag}",
  add: "Add tags",
  hint: "A comma parts them.",
  cancel: "Cancel",
  save: "Save",
  tooMany: "A chat may have {most, number} tags.",
  tooLong: "“{tag}…” is too long: a tag may have {longest, number} characters.",
} as const;
