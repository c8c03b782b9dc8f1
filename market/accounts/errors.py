from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class PostHeldAlready(MarketError):
    code = "post_held_already"
    text = _("This person holds this post already. To change until when, end the post first.")


class LastPost(MarketError):
    code = "last_post"
    text = _("This is your last post: without it you would not come in here any more. An officer above can end it.")
