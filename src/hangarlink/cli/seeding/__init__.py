"""The demo account: a flying school on the day it moved its papers into Hangarlink."""
