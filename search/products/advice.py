"""What can be wrong with an index, by the cause its engine tells: in words for officers, and as a step for who has a
shell."""

from django.utils.translation import gettext_lazy as _

from search.engines.base import AWAY, BLOCKED, BROKEN, DISK, MISSING, REFUSED, UNFIT

WORDS = {
    MISSING: _("There is no index: the worker builds one, or rebuild it here."),
    UNFIT: _("The index is not one that this version of Tuanji has built: rebuild it. Changes wait until then."),
    AWAY: _("The search server cannot be reached or answers too late."),
    REFUSED: _("The search server refuses our name or password: those in SEARCH_URL have to be right."),
    BLOCKED: _("The search server takes nothing: it is too busy, its disk is full, or the index is closed or locked."),
    DISK: _("The folder of the index cannot be used: its disk is full, or it belongs to somebody else."),
    BROKEN: _("The index cannot be read: rebuild it."),
}
STEPS = {
    MISSING: "the worker builds one, or run reindex_search",
    UNFIT: "run reindex_search; changes wait until then, and none is lost",
    AWAY: "start the server, or look at SEARCH_URL; changes wait until then, and none is lost",
    REFUSED: "put the right name and password into SEARCH_URL",
    BLOCKED: "look at load and disk of the server, and whether the index is closed or locked",
    DISK: "look at space and owner of the index folder",
    BROKEN: "run reindex_search",
}
