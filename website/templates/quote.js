// The list of hits fetches each page to quote from it, which browsers refuse to pages on a disk.
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY &&= location.protocol !== "file:";
