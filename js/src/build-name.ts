/** Of the package, for who reads an export; "" in tests. */
export const VERSION: string =
  typeof STREAM_WIDGET_VERSION === "string" ? STREAM_WIDGET_VERSION : "";

/** Which build of our code this is: two in one page must not take each other's messages. */
export const BUILD: string =
  typeof STREAM_WIDGET_BUILD === "string" ? STREAM_WIDGET_BUILD : "unbuilt";
