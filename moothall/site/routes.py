"""Who are the addresses for whose views are a library's, or belong to no slice?

The views of slices say it themselves, by `@route`; `core.permissions.needs_of` reads both.
"""

from moothall.core.permissions import Door, Needs

_PUBLIC = (
    "home",
    "demonstration",
    "components",
    "accessibility",
    "privacy",
    "cookies",
    "health",
    "ready",
    "cases:home",
    "cases:case",
    "api",
    "api:openapi-json",
    "api:api-root",
    "api:spend_summary",
    "api:spend_headline",
    "api:spend_suppliers",
    "api:spend_supplier",
    "api:spend_lines",
    "api:spend_categories",
    "api:spend_bodies",
    "api:spend_files",
    "api:spend_concentration",
    "api:spend_together",
    # Signing in, and every step that leads there. Signing up answers that it is closed.
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
    # Old addresses of the same, which have no names.
    "account/social/login/cancelled/",
    "account/social/login/error/",
    "account/social/signup/",
    "account/social/connections/",
)
_SIGNED_IN = (
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "account_confirm_login_code",
    "socialaccount_connections",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
)
LISTED: dict[str, Needs] = {
    **dict.fromkeys(_PUBLIC, Needs(Door.PUBLIC)),
    **dict.fromkeys(_SIGNED_IN, Needs(Door.SIGNED_IN)),
}
