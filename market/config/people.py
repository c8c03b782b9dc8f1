"""Settings that say how people sign in and sign up: part of `settings.py`."""

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "market.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "email", "password1*"]
# Either address is enough, which allauth's check cannot express; the database constraint user_reachable asks for one.
SILENCED_SYSTEM_CHECKS = ["account.W001"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
# allauth's pages with our words and fields.
ACCOUNT_FORMS = {
    "login": "market.accounts.forms.LoginForm",
    "signup": "market.accounts.forms.SignupForm",
    "verify_phone": "market.accounts.forms.VerifyPhoneForm",
    "change_phone": "market.accounts.forms.ChangePhoneForm",
    "request_login_code": "market.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "market.accounts.forms.ConfirmLoginCodeForm",
    "change_password": "market.accounts.forms.ChangePasswordForm",
    "reset_password": "market.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "market.accounts.forms.ResetPasswordKeyForm",
}
# Who has lost the password gets a code to the mobile number, then sets a new one.
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # as a code at sign-up
# Six digits: what a telephone's keyboard offers by itself, and what templates of carriers let through.
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_CHANGE = True
# A number mistyped and typed again. Ten codes a day to a number: they cost money, and each is three guesses at six
# digits. A village may share one address.
ACCOUNT_RATE_LIMITS = {
    "change_phone": "5/m/user",
    "verify_phone": "1/30s/key,10/m/ip,200/d/ip,10/d/key",
    "request_login_code": "20/m/ip,3/m/key,10/d/key",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "storefront:account"
