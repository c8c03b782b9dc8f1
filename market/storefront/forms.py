from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.accounts.phones import normal_phone
from orders.checkout.place_order import Address, Buyer

PROVINCES = (
    "北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省 "
    "福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 广西壮族自治区 海南省 重庆市 四川省 贵州省 "
    "云南省 西藏自治区 陕西省 甘肃省 青海省 宁夏回族自治区 新疆维吾尔自治区 台湾省 香港特别行政区 澳门特别行政区"
).split()


class FilterForm(forms.Form):
    """Everything optional; a value that makes no sense is left out, never an error page."""

    q = forms.CharField(required=False, max_length=200, label=_("Search"))
    category = forms.CharField(required=False)
    origin = forms.CharField(required=False)
    pmin = forms.DecimalField(required=False, min_value=0, label=_("Price per kg from"))
    pmax = forms.DecimalField(required=False, min_value=0, label=_("to"))
    season = forms.BooleanField(required=False, label=_("In season"))
    stock = forms.BooleanField(required=False, label=_("In stock"))
    sort = forms.CharField(required=False)
    page = forms.IntegerField(required=False, min_value=1)

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        values = self.cleaned_data
        return {
            "text": values.get("q") or "",
            "category": values.get("category") or "",
            "origins": tuple(filter(None, [values.get("origin")])),
            "price_per_kg_min": values.get("pmin"),
            "price_per_kg_max": values.get("pmax"),
            "in_season": bool(values.get("season")),
            "in_stock": bool(values.get("stock")),
            "sort": values.get("sort") or "relevance",
            "page": values.get("page") or 1,
        }


class LineForm(forms.Form):
    variant = forms.IntegerField()
    quantity = forms.DecimalField(max_digits=10, decimal_places=3, min_value=Decimal("0.001"))


class CheckoutForm(forms.Form):
    use_required_attribute = False

    recipient = forms.CharField(label=_("Recipient"), max_length=80)
    phone = forms.CharField(label=_("Mobile number"), max_length=20, help_text=_("The carrier calls it on delivery."))
    email = forms.EmailField(label=_("Email (optional)"), required=False)
    province = forms.ChoiceField(label=_("Province"), choices=[(name, name) for name in ["", *PROVINCES]])
    city = forms.CharField(label=_("City"), max_length=40)
    district = forms.CharField(label=_("District (optional)"), max_length=40, required=False)
    street = forms.CharField(label=_("Street, house, door"), max_length=200)
    reference = forms.CharField(label=_("Your order number (optional)"), max_length=40, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean_phone(self) -> str:
        phone = normal_phone(self.cleaned_data["phone"])
        if not phone:
            raise forms.ValidationError(_("A mobile number has 11 digits, such as 138 0013 8000."))
        return phone

    def address(self) -> Address:
        values = self.cleaned_data
        names = ("recipient", "phone", "province", "city", "district", "street")
        return Address(**{name: values[name] for name in names})

    def buyer(self, user: Any, language: str) -> Buyer:
        values = self.cleaned_data
        return Buyer(
            name=values["recipient"],
            email=values["email"] or (user.email if user else "") or "",
            user=user,
            language=language,
            reference=values["reference"],
        )
